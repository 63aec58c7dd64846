/**
 * What an invoice asks of its order beyond the sums, field by field, and whether the order shows it.
 *
 * The service may trim or cut a text, and a bookkeeper may have edited one. So a field is not required to be
 * equal: it counts as missing if the order still shows what it showed before the save.
 */
import { createHash } from 'node:crypto';
import type { Order, OrderDraft, OrderRow, OrderRowDraft } from './books.ts';
import { Decimal } from './money.ts';
import { localDateOf } from './service-date.ts';

export type Asked = Omit<OrderDraft, 'rows'> & { rows: OrderRowDraft[] };

const plainText = (text: string): string => text.normalize().replace(/\s+/g, ' ').trim();
const number = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : new Decimal(text).toString();

export const bySequence = (rows: OrderRow[]): OrderRow[] =>
  rows.toSorted((a, b) => (a.sequenceNumber ?? 0) - (b.sequenceNumber ?? 0));

interface Field {
  /** Undefined: nothing is asked of it. */
  asked(draft: Asked): string | undefined;
  /** Undefined: the service does not show it, and it is not compared. */
  shown(order: Order, timeZone: string): string | undefined;
}

const text = (pick: (from: Asked | Order) => string | undefined, none?: ''): Field => {
  const read = (from: Asked | Order) => {
    const value = pick(from);
    return value === undefined ? undefined : plainText(value);
  };
  return { asked: (draft) => read(draft) || undefined, shown: (order) => read(order) ?? none };
};

/**
 * Each row's own or the order's: the service may copy the order's onto its rows. Nothing is asked where no row has
 * its own, and nothing is compared where the service shows none at all.
 */
function ofRows(dimension: 'projectId' | 'departmentId'): Field {
  const each = (rows: (OrderRow | OrderRowDraft)[], ofOrder: number | undefined) =>
    JSON.stringify(rows.map((row) => row[dimension] ?? ofOrder ?? 0));
  const hasOwn = (rows: (OrderRow | OrderRowDraft)[]) => rows.some((row) => row[dimension] !== undefined);
  return {
    asked: (draft) => (hasOwn(draft.rows) ? each(draft.rows, draft[dimension]) : undefined),
    shown: (order) =>
      hasOwn(order.rows) || order[dimension] !== undefined
        ? each(bySequence(order.rows.filter(({ type }) => type === 'Normal')), order[dimension])
        : undefined,
  };
}

/**
 * A field that every order of ours has counts as not shown if it is missing. For the others ('' below), missing
 * means "none".
 */
const FIELDS = {
  customer: text(({ customerId }) => String(customerId)),
  'invoice date': {
    asked: ({ dateOrdered }) => dateOrdered.slice(0, 10),
    shown: ({ dateOrdered }, timeZone) => localDateOf(dateOrdered, timeZone),
  },
  'due date': text(({ paymentTime }) => (paymentTime === undefined ? undefined : String(paymentTime)), ''),
  'price basis': text(({ includeVat }) => (includeVat === undefined ? undefined : String(includeVat))),
  comment: text(({ invoiceTitle }) => invoiceTitle, ''),
  text: text(({ invoiceText }) => invoiceText),
  'e-mail': text(({ invoiceEmailAddress }) => invoiceEmailAddress?.toLowerCase()),
  project: text(({ projectId }) => (projectId === undefined ? undefined : String(projectId))),
  department: text(({ departmentId }) => (departmentId === undefined ? undefined : String(departmentId))),
  'buyer reference': text(({ yourReference }) => yourReference, ''),
  'delivery date': {
    asked: ({ deliveryDate }) => deliveryDate?.slice(0, 10),
    shown: ({ deliveryDate }, timeZone) => localDateOf(deliveryDate, timeZone) ?? '',
  },
  'row projects': ofRows('projectId'),
  'row departments': ofRows('departmentId'),
  rows: {
    asked: ({ rows }) => JSON.stringify(rows.map(rowText)),
    shown: ({ rows }) =>
      JSON.stringify(bySequence(rows.filter(({ type }) => type === 'Normal')).map(rowText)),
  },
} satisfies Record<string, Field>;

type FieldName = keyof typeof FIELDS;
const NAMES = Object.keys(FIELDS) as FieldName[];

/** A hash by field, because the texts are personal data. */
export type SaidFields = Partial<Record<FieldName, string>>;

function rowText(row: OrderRow | OrderRowDraft): unknown[] {
  const { productId, name, price, quantity, discountRate } = row;
  return [productId ?? 0, plainText(name), number(price), number(quantity), number(discountRate ?? '0')];
}

const hashed = (value: string): string => createHash('sha256').update(value).digest('hex').slice(0, 32);

function fieldsOf(read: (field: Field) => string | undefined): SaidFields {
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = read(FIELDS[name]);
      return value === undefined ? [] : [[name, hashed(value)]];
    }),
  );
}

export const fieldsAsked = (draft: Asked): SaidFields => fieldsOf(({ asked }) => asked(draft));
export const fieldsShown = (order: Order, timeZone: string): SaidFields =>
  fieldsOf(({ shown }) => shown(order, timeZone));

export interface Unsaid {
  /** The order still shows what it showed before: the edit did not take effect. */
  missing: FieldName[];
  /** The order shows something else: the service cut the text, or somebody edited it. */
  altered: FieldName[];
}

/**
 * Which fields of an edit the order does not show.
 *
 * @param sent what was asked of the order before this edit. Fields that the edit does not change are not compared
 * @param before what the order showed before the save. If unknown, every difference counts as missing
 */
export function decideUnsaid(
  draft: Asked,
  order: Order,
  {
    sent = {},
    before,
    timeZone,
  }: { sent?: SaidFields | undefined; before?: SaidFields | undefined; timeZone: string },
): Unsaid {
  const asked = fieldsAsked(draft);
  const shown = fieldsShown(order, timeZone);
  const differing = NAMES.filter(
    (name) =>
      asked[name] !== undefined &&
      shown[name] !== undefined &&
      asked[name] !== shown[name] &&
      asked[name] !== sent[name],
  );
  const isMissing = (name: FieldName) => before === undefined || before[name] === shown[name];
  return {
    missing: differing.filter(isMissing),
    altered: differing.filter((name) => !isMissing(name)),
  };
}
