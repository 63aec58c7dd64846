/** What the probe makes, each thing once: found by its mark before it is made, whatever was stopped before. */
import { decideMark, type Mark } from '../../domain/mark.ts';
import { type Made, type Probe, stopAt, Untold } from './inquiry.ts';
import { type Answer, all, type Content, child, type Element, textOf } from './port.ts';

/** From a look to the next while something does not show yet. */
const LOOK_AGAIN_MS = 1_000;

export const strings = (...names: string[]) => ({ string: names });

export function markOf({ state }: Probe, key: string): Mark {
  return decideMark({ clientId: state.clientId, shopId: state.shopId, invoiceId: `PROBE-${key}` });
}

/** Everything we make is called so; the letters are the same in every run. */
export const nameOf = (probe: Probe, key: string) => markOf(probe, key).reference;

export const PROBE_NAME = /^SF-PROBE-[A-Za-z0-9-]+-[a-z2-7]{8}/;

/** The answer's elements, or why there are none. A refusal for the quota stops the run. */
export async function read(
  probe: Probe,
  service: 'company' | 'product' | 'invoice' | 'account' | 'client',
  operation: string,
  content: Content = {},
): Promise<Element> {
  const answer = await probe.wire.ask({ service, operation, content });
  stopAt(answer);
  if (answer.result === undefined)
    throw new Untold(`${operation} was refused (${answer.signal}, HTTP ${answer.status})`);
  return answer.result;
}

export async function customers(probe: Probe, searchParams: Content, ...names: string[]): Promise<Element[]> {
  const content = { searchParams, returnProperties: strings('Id', ...names) };
  return all(await read(probe, 'company', 'GetCompanies', content), 'Company');
}

export async function products(probe: Probe, searchParams: Content, ...names: string[]): Promise<Element[]> {
  const content = { searchParams, returnProperties: strings('Id', 'Name', ...names) };
  return all(await read(probe, 'product', 'GetProducts', content), 'Product');
}

const ORDER_NAMES = [
  ...['OrderId', 'CustomerId', 'OrderStatus', 'DateOrdered', 'DateChanged', 'IncludeVAT', 'YourReference'],
  ...['OrderTotalIncVat', 'OrderTotalVat', 'InvoiceTitle', 'Currency', 'ExternalStatus', 'InvoiceRows'],
  ...['ReferenceNumber', 'SkipStock', 'Distributor'],
];
const ROW_NAMES = [
  'ProductId',
  'RowId',
  'VatRate',
  'Price',
  'Name',
  'DiscountRate',
  'Quantity',
  'Type',
  'Hidden',
  'TaxSettings',
];

export async function orders(probe: Probe, searchParams: Content): Promise<Element[]> {
  const content = {
    searchParams,
    invoiceReturnProperties: strings(...ORDER_NAMES),
    rowReturnProperties: strings(...ROW_NAMES),
  };
  return all(await read(probe, 'invoice', 'GetInvoices', content), 'InvoiceOrder');
}

export async function orderById(probe: Probe, id: number): Promise<Element> {
  const [order] = await orders(probe, { OrderIds: { int: [id] } });
  if (order === undefined) throw new Untold('the order does not show');
  return order;
}

const idOf = (element: Element, name = 'Id') => Number(textOf(element, name) ?? 0);

/** A session may be moved by somebody else's login: nothing is saved before it was seen to stand here. */
async function standHere({ wire, state }: Probe): Promise<void> {
  for (const isLast of [false, true]) {
    const answer = await wire.ask({ service: 'authenticate', operation: 'GetIdentity' });
    stopAt(answer);
    const clientId = textOf(child(child(answer.result, 'GetIdentityResult'), 'Client'), 'Id');
    if (clientId === state.clientId) return;
    if (isLast) throw new Untold('the session does not stand in the company; nothing was saved');
    await wire.renew();
  }
}

/** A save's answer. A service that may be read and not written to is noted. */
export async function save(
  probe: Probe,
  service: 'company' | 'product' | 'invoice',
  operation: string,
  content: Content,
): Promise<Answer> {
  await standHere(probe);
  const answer = await probe.wire.ask({ service, operation, content });
  stopAt(answer);
  if (answer.signal === 'permission_missing') {
    const denied = (probe.state.facts.deniedWrites ?? []) as string[];
    const name = `${service[0]?.toUpperCase()}${service.slice(1)}`;
    probe.state.facts.deniedWrites = [...new Set([...denied, name])];
    probe.state.facts.permissionText ??= answer.fault;
  }
  return answer;
}

/**
 * Waits until what was just saved shows: looked for the first time, by what was measured afterwards.
 *
 * @param look what of it shows now
 */
async function untilShown<T extends { size: number }>(
  probe: Probe,
  count: number,
  look: () => Promise<T>,
): Promise<T | undefined> {
  const { clock, world, state } = probe;
  const known = state.facts.visibilityDelayMs;
  const savedAt = clock.monotonic();
  if (typeof known === 'number' && known > 0) await clock.sleep(known + LOOK_AGAIN_MS);
  for (let looks = 0; ; looks += 1) {
    const lookedAfterMs = Math.round(clock.monotonic() - savedAt);
    const shown = await look();
    if (shown.size >= count) {
      state.facts.visibilityDelayMs ??= looks === 0 ? 0 : lookedAfterMs;
      return shown;
    }
    if (lookedAfterMs > 2 * world.settleMs) return undefined;
    await clock.sleep(LOOK_AGAIN_MS);
  }
}

interface Making {
  keys: string[];
  kind: Made['kind'];
  /** Ids by key, of those that are there. */
  find(): Promise<Map<string, number>>;
  /** Sends the save; ids by key. Throws Untold where it was refused. */
  make(): Promise<Map<string, number>>;
}

/** Ids by key: of what was made before, found by mark, or made now. */
async function ensure(probe: Probe, { keys, kind, find, make }: Making): Promise<number[]> {
  const { state, clock } = probe;
  const known = () => keys.map((key) => state.made.find((made) => made.key === key)?.id);
  const note = async (ids: Map<string, number>) => {
    for (const [key, id] of ids) {
      if (!state.made.some((made) => made.key === key))
        state.made.push({ key, kind, id, name: nameOf(probe, key) });
    }
    await probe.keep();
  };
  if (known().every((id) => id !== undefined)) return known() as number[];
  if (!probe.canWrite) throw new Untold('needs --write');
  await note(await find());
  const sentAt = Math.max(...keys.map((key) => state.sent[key] ?? 0));
  // Sent before, and no answer was noted: it may stand there and not show yet.
  if (sentAt > 0 && known().some((id) => id === undefined)) {
    await clock.sleep(Math.max(0, sentAt + probe.world.settleMs - clock.now()));
    await note(await find());
  }
  if (known().some((id) => id === undefined)) {
    for (const key of keys) state.sent[key] = clock.now();
    await probe.keep();
    try {
      await note(await make());
    } catch (error) {
      if (error instanceof Refused) for (const key of keys) delete state.sent[key];
      throw error;
    }
    for (const key of keys) delete state.sent[key];
    // Orders were looked for to learn whose id is whose.
    if (kind !== 'order') await untilShown(probe, keys.length, find);
  }
  const ids = known();
  if (ids.some((id) => id === undefined)) throw new Untold(`${kind} was not saved`);
  return ids as number[];
}

/** It said no: nothing stands there. */
class Refused extends Untold {}

function refusal(answer: Answer, entity: Element | undefined): Untold {
  const exception = child(entity, 'APIException');
  const type = exception && textOf(exception, 'Type');
  const why =
    type === undefined
      ? `${answer.signal ?? 'no id'}, HTTP ${answer.status}`
      : `exception ${/[A-Za-z]+$/.exec(type)?.[0]}`;
  const isClear = answer.signal !== 'unclear' && (entity === undefined || exception !== undefined);
  return new (isClear ? Refused : Untold)(`the save was refused (${why})`);
}

export const EMAIL_SLOTS = ['Home', 'Invoice', 'Primary', 'Work', 'Alternative'] as const;
const ORGANIZATION_NUMBER = '000 123 000';

const emailOf = (probe: Probe, slot: string) =>
  `Probe.${slot}.${nameOf(probe, 'A').slice(-8)}@example.invalid`;

/** A company with something in every e-mail slot, spaces in its number and another currency. */
export async function customer(probe: Probe, key: 'A' | 'B'): Promise<number> {
  const mark = nameOf(probe, key);
  const find = async () => {
    const [found] = await customers(probe, { ExternalId: mark });
    return new Map(found === undefined ? [] : [[key, idOf(found)]]);
  };
  const fields =
    key === 'A'
      ? {
          OrganizationNumber: ORGANIZATION_NUMBER,
          Name: mark,
          PhoneNumbers: { Work: { Value: '00000000' } },
          EmailAddresses: Object.fromEntries(
            EMAIL_SLOTS.map((slot) => [slot, { Value: emailOf(probe, slot) }]),
          ),
          Type: 'Business',
        }
      : { Name: mark, Type: 'Business', Discount: '5', CurrencyId: 'EUR' };
  const make = async () => {
    const answer = await save(probe, 'company', 'SaveCompanies', {
      companies: { Company: { ExternalId: mark, ...fields } },
    });
    const [entity] = all(answer.result, 'Company');
    if (entity === undefined || child(entity, 'APIException') !== undefined || idOf(entity) <= 0)
      throw refusal(answer, entity);
    return new Map([[key, idOf(entity)]]);
  };
  const [id = 0] = await ensure(probe, { keys: [key], kind: 'customer', find, make });
  return id;
}

export async function product(probe: Probe): Promise<number> {
  const category = nameOf(probe, 'category');
  const [categoryId = 0] = await ensure(probe, {
    keys: ['category'],
    kind: 'category',
    async find() {
      const result = await read(probe, 'product', 'GetCategories', {
        returnProperties: strings('Id', 'Name'),
      });
      const found = all(result, 'Category').find((each) => textOf(each, 'Name') === category);
      return new Map(found === undefined ? [] : [['category', idOf(found)]]);
    },
    async make() {
      const answer = await save(probe, 'product', 'SaveCategories', {
        categories: { Category: { Name: category } },
      });
      const [entity] = all(answer.result, 'Category');
      if (entity === undefined || idOf(entity) <= 0) throw refusal(answer, entity);
      return new Map([['category', idOf(entity)]]);
    },
  });
  const name = nameOf(probe, 'product');
  const [id = 0] = await ensure(probe, {
    keys: ['product'],
    kind: 'product',
    async find() {
      const found = (await products(probe, { Name: name })).find((each) => textOf(each, 'Name') === name);
      return new Map(found === undefined ? [] : [['product', idOf(found)]]);
    },
    async make() {
      const answer = await save(probe, 'product', 'SaveProducts', {
        products: { Product: { Name: name, CategoryId: categoryId } },
      });
      const [entity] = all(answer.result, 'Product');
      if (entity === undefined || idOf(entity) <= 0) throw refusal(answer, entity);
      probe.state.facts.saveNames = textOf(entity, 'Name') === name;
      return new Map([['product', idOf(entity)]]);
    },
  });
  return id;
}

export interface Draft {
  customerId: number;
  includeVat: boolean | null;
  price: string;
  discountRate?: string;
  taxCode?: number | undefined;
  yourReference?: string;
  title?: string;
  rows?: number;
}

/** As it was sent, in wire order. Draft: nobody can take it for an order to be invoiced. */
function orderContent(probe: Probe, key: string, productId: number, draft: Draft): Content {
  const mark = markOf(probe, key);
  const row = (sequence: number) => ({
    ProductId: productId,
    Price: draft.price,
    Name: `${mark.reference} ${sequence}`,
    DiscountRate: draft.discountRate,
    Quantity: '1',
    SequenceNumber: sequence,
    Type: 'Normal',
    TaxSettings: draft.taxCode === undefined ? undefined : { TaxCode: draft.taxCode },
  });
  return {
    CustomerId: draft.customerId,
    OrderStatus: 'Draft',
    DateOrdered: ORDERED,
    IncludeVAT: draft.includeVat,
    YourReference: draft.yourReference,
    InvoiceTitle: draft.title,
    ExternalStatus: mark.externalStatus,
    InvoiceRows: { InvoiceRow: Array.from({ length: draft.rows ?? 1 }, (_, index) => row(index + 1)) },
    ReferenceNumber: mark.reference,
  };
}

/** In summer, at noon: an hour or two away it is still that day. */
export const ORDERED = '2021-07-15T12:00:00';

/** One save for all of them. @param onAnswer told of its answer where it was made now */
export async function makeOrders(
  probe: Probe,
  drafts: Record<string, Draft>,
  onAnswer: (answer: Answer) => void = () => undefined,
): Promise<number[]> {
  const keys = Object.keys(drafts);
  const productId = await product(probe);
  const byReference = (elements: Element[]) =>
    new Map(
      keys.flatMap((key): [string, number][] => {
        const found = elements.find((each) => textOf(each, 'ReferenceNumber') === nameOf(probe, key));
        return found === undefined || child(found, 'APIException') !== undefined
          ? []
          : [[key, idOf(found, 'OrderId')]];
      }),
    );
  return ensure(probe, {
    keys,
    kind: 'order',
    async find() {
      const ids = [...new Set(Object.values(drafts).map((draft) => draft.customerId))];
      return byReference(await orders(probe, { CustomerIds: { int: ids } }));
    },
    async make() {
      const InvoiceOrder = Object.entries(drafts).map(([key, draft]) =>
        orderContent(probe, key, productId, draft),
      );
      const answer = await save(probe, 'invoice', 'SaveInvoices', { invoices: { InvoiceOrder } });
      const entities = all(answer.result, 'InvoiceOrder');
      onAnswer(answer);
      const ids = entities.map((each) => idOf(each, 'OrderId')).filter((id) => id > 0);
      if (ids.length === 0) throw refusal(answer, entities[0]);
      // Whose id is whose the answer need not say: the books do.
      const look = async () => byReference(await orders(probe, { OrderIds: { int: ids } }));
      const shown = await untilShown(probe, ids.length, look);
      if (shown === undefined) throw new Untold('the orders do not show');
      return shown;
    },
  });
}
