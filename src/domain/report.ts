/**
 * A shop's invoices of some days, held against its books: what Sharefox asked for, what was sent, what stands,
 * what is invoiced and what is paid. Sums are added to the øre. Where one step is less than the one before, the
 * difference has a name, a sum and its invoices.
 */
import type { ErrorCode } from '../contract/errors.ts';
import type { LocalDate } from '../contract/jobs.ts';
import type { OrderDifference, TransferState } from '../contract/results.ts';
import { Decimal, money } from './money.ts';
import type { Sums } from './sums.ts';

/** An invoice and its order, as the records and the last look tell. */
export interface ReportedInvoice {
  invoiceId: string;
  issuedOn: LocalDate;
  state: TransferState;
  code?: ErrorCode | undefined;
  /** ISO 4217. */
  currency: string;
  /** What Sharefox asked for; undefined where no record tells it. */
  expected?: Sums | undefined;
  /** Of a transferred invoice. */
  order?: ReportedOrder | undefined;
}

export interface ReportedOrder {
  orderId: number;
  isThere: boolean;
  status?: string | undefined;
  invoiceNumber?: number | undefined;
  invoicedOn?: LocalDate | undefined;
  dueOn?: LocalDate | undefined;
  paidOn?: LocalDate | undefined;
  /** The order's own sums; undefined where 24SevenOffice did not tell them. */
  shown?: Sums | undefined;
  differences: readonly OrderDifference[];
  /** Epoch milliseconds. */
  seenAt?: number | undefined;
}

/** Each step has at most the invoices of the step before. */
export const STEPS = ['asked', 'sent', 'standing', 'invoiced', 'paid'] as const;
export type Step = (typeof STEPS)[number];

type Money = 'net' | 'vat' | 'gross';
const MONEY: readonly Money[] = ['net', 'vat', 'gross'];

/** `unknown`: how many of them are counted, but without a sum. */
export type Added = Record<Money, string> & { count: number; unknown: number };

export interface RateSum {
  vatPercent: string;
  net: string;
  vat: string;
}

export interface StepTotal extends Added {
  /** The highest VAT percent first. */
  rates: RateSum[];
  /** How many of them have a sum that cannot be told by VAT percent. */
  withoutRates: number;
}

export interface NamedDifference extends Added {
  name: string;
  what: string;
  /** Between these two steps. */
  from: Step;
  to: Step;
  /** It does not count as a difference: it was accepted at the transfer. */
  isAccepted: boolean;
  invoiceIds: string[];
}

/** Of all invoices in one currency. */
export interface ReportSection {
  currency: string;
  steps: Record<Step, StepTotal>;
  differences: NamedDifference[];
}

export interface Report {
  sections: ReportSection[];
  invoices: ReportedInvoice[];
  /** False: the books agree with Sharefox, and all of it is paid. */
  differs: boolean;
}

/* ---------- how far an invoice has come ---------- */

const orderOf = ({ state, order }: ReportedInvoice) => (state === 'transferred' ? order : undefined);
const isInvoiced = (order: ReportedOrder) =>
  order.isThere && (order.invoiceNumber !== undefined || order.paidOn !== undefined);

const REACHED: Record<Step, (invoice: ReportedInvoice) => boolean> = {
  asked: () => true,
  sent: ({ state }) => state === 'transferred',
  standing: (invoice) => orderOf(invoice)?.isThere === true,
  invoiced(invoice) {
    const order = orderOf(invoice);
    return order !== undefined && isInvoiced(order);
  },
  paid(invoice) {
    const order = orderOf(invoice);
    return order?.paidOn !== undefined && order.isThere;
  },
};

/** Until it stands in the books an invoice counts with Sharefox' sums, from then on with the order's own. */
const sumsAt = (step: Step, { expected, order }: ReportedInvoice): Sums | undefined =>
  step === 'asked' || step === 'sent' ? expected : order?.shown;

/** The last step that an invoice has reached. */
export const stepOf = (invoice: ReportedInvoice): Step =>
  STEPS.findLast((step) => REACHED[step](invoice)) ?? 'asked';

/* ---------- differences ---------- */

interface Kind {
  name: string;
  what: string;
  from: Step;
  isAccepted?: true;
  applies(invoice: ReportedInvoice): boolean;
}

const standing =
  (applies: (order: ReportedOrder, invoice: ReportedInvoice) => boolean) => (i: ReportedInvoice) => {
    const order = orderOf(i);
    return order?.isThere === true && applies(order, i);
  };
const sameSums = (a: Sums | undefined, b: Sums | undefined) =>
  MONEY.every((name) => a === undefined || b === undefined || a[name] === b[name]);

/** `from`: the last step that these invoices have in full. The sums of the two with a change are what it changed. */
const KINDS: readonly Kind[] = [
  {
    name: 'rejected',
    what: 'no order was made',
    from: 'asked',
    applies: ({ state }) => state === 'rejected',
  },
  {
    name: 'second order',
    what: 'two orders carry its mark: a person must decide',
    from: 'asked',
    applies: ({ state, code }) => state === 'unresolved' && code === 'order.duplicate_found',
  },
  {
    name: 'unresolved',
    what: 'an order may be there: a person must decide',
    from: 'asked',
    applies: ({ state, code }) => state === 'unresolved' && code !== 'order.duplicate_found',
  },
  {
    name: 'under way',
    what: 'its transfer has not ended',
    from: 'asked',
    applies: ({ state }) => !['transferred', 'rejected', 'unresolved'].includes(state),
  },
  {
    name: 'missing',
    what: 'its order is not in 24SevenOffice any more',
    from: 'sent',
    applies: (invoice) => orderOf(invoice)?.isThere === false,
  },
  {
    name: 'changed',
    what: 'its order is not as it was verified; the sums are the change',
    from: 'sent',
    applies: standing(({ differences }) => differences.length > 0),
  },
  {
    name: 'rounded',
    what: 'as it was verified: a rounding, or accepted by a person',
    from: 'sent',
    isAccepted: true,
    applies: standing(
      ({ differences, shown }, { expected }) => differences.length === 0 && !sameSums(shown, expected),
    ),
  },
  {
    name: 'merged',
    what: 'merged into a collecting order; its invoice cannot be told from here',
    from: 'standing',
    applies: standing((order) => order.status === 'InvoicedPack' && !isInvoiced(order)),
  },
  {
    name: 'not invoiced',
    what: 'its order is not published',
    from: 'standing',
    applies: standing((order) => order.status !== 'InvoicedPack' && !isInvoiced(order)),
  },
  {
    name: 'not paid',
    what: 'invoiced, and no payment is booked',
    from: 'invoiced',
    applies: standing((order) => isInvoiced(order) && order.paidOn === undefined),
  },
];
/** Of these the sum is the order's less Sharefox'. */
const CHANGES = new Set(['changed', 'rounded']);

/** The names of an invoice's differences. */
export const differencesOf = (invoice: ReportedInvoice): string[] =>
  KINDS.filter(({ applies }) => applies(invoice)).map(({ name }) => name);

/* ---------- adding ---------- */

function add(sums: readonly (Sums | undefined)[]): Added {
  const known = sums.filter((each) => each !== undefined);
  const of = (name: Money) => money(known.reduce((total, each) => total.plus(each[name]), new Decimal(0)));
  return {
    count: sums.length,
    unknown: sums.length - known.length,
    net: of('net'),
    vat: of('vat'),
    gross: of('gross'),
  };
}

function addRates(sums: readonly (Sums | undefined)[]): Pick<StepTotal, 'rates' | 'withoutRates'> {
  const byRate = new Map<string, { net: Decimal; vat: Decimal }>();
  let withoutRates = 0;
  for (const each of sums) {
    if (each !== undefined && each.rates === undefined) withoutRates += 1;
    for (const [vatPercent, [net, vat]] of Object.entries(each?.rates ?? {})) {
      const before = byRate.get(vatPercent) ?? { net: new Decimal(0), vat: new Decimal(0) };
      byRate.set(vatPercent, { net: before.net.plus(net), vat: before.vat.plus(vat) });
    }
  }
  const rates = [...byRate]
    .sort(([a], [b]) => new Decimal(b).comparedTo(a))
    .map(([vatPercent, { net, vat }]) => ({ vatPercent, net: money(net), vat: money(vat) }));
  return { rates, withoutRates };
}

function changeOf({ expected, order }: ReportedInvoice): Sums | undefined {
  const shown = order?.shown;
  if (expected === undefined || shown === undefined) return undefined;
  const of = (name: Money) => money(new Decimal(shown[name]).minus(expected[name]));
  return { net: of('net'), vat: of('vat'), gross: of('gross') };
}

const after = (step: Step): Step => STEPS[STEPS.indexOf(step) + 1] ?? step;

function sectionOf(currency: string, invoices: readonly ReportedInvoice[]): ReportSection {
  const steps = Object.fromEntries(
    STEPS.map((step) => {
      const sums = invoices.filter(REACHED[step]).map((invoice) => sumsAt(step, invoice));
      return [step, { ...add(sums), ...addRates(sums) }];
    }),
  ) as Record<Step, StepTotal>;
  const differences = KINDS.flatMap(({ name, what, from, isAccepted = false, applies }) => {
    const behind = invoices.filter(applies);
    if (behind.length === 0) return [];
    const sums = behind.map((invoice) => (CHANGES.has(name) ? changeOf(invoice) : sumsAt(from, invoice)));
    const invoiceIds = behind.map(({ invoiceId }) => invoiceId);
    return [{ name, what, from, to: after(from), isAccepted, invoiceIds, ...add(sums) }];
  });
  return { currency, steps, differences };
}

/** @param invoices in the order in which the report names them */
export function decideReport(invoices: ReportedInvoice[]): Report {
  const currencies = [...new Set(invoices.map(({ currency }) => currency))].sort();
  const sections = currencies.map((currency) =>
    sectionOf(
      currency,
      invoices.filter((invoice) => invoice.currency === currency),
    ),
  );
  const differs = sections.some(({ differences }) => differences.some(({ isAccepted }) => !isAccepted));
  return { sections, invoices, differs };
}
