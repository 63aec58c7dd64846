/** Questions that a read answers: rights, quota, faults, and the form of answers. */
import { joined } from './drafts.ts';
import { any, type Inquiry, oneOf, type Probe, stopAt, Untold } from './inquiry.ts';
import { type Answer, type Ask, all, child, type Element, textOf } from './port.ts';
import { customer, customers, nameOf, orderById, orders, read, strings } from './things.ts';

const VALUES = 'src/twentyfourseven/wire/answer.ts';
const QUOTA = 'src/twentyfourseven/dispatch/quota.ts';
const FAULTS = 'src/twentyfourseven/wire/faults.ts';
const HOUR_MS = 3_600_000;
/** So much of an hour may be gone, and the window was opened by our own first requests. */
const FRESH_MS = 15_000;
/** Orders changed since then are looked at where the probe makes none. */
const BACK_MS = 30 * 24 * HOUR_MS;

const nobody = (probe: Probe) => ({ ExternalId: nameOf(probe, 'nobody') });
const search = (probe: Probe, names: string[] = ['Id']): Ask => ({
  service: 'company',
  operation: 'GetCompanies',
  content: { searchParams: nobody(probe), returnProperties: strings(...names) },
});

async function answerTo(probe: Probe, ask: Ask): Promise<Answer> {
  const answer = await probe.wire.ask(ask);
  stopAt(answer);
  return answer;
}

/** One order: of our own where we may write, else one that changed lately. */
export const anOrder = (probe: Probe): Promise<Element> =>
  probe.once('order', async () => {
    if (probe.canWrite) {
      const [id = 0] = await joined(probe);
      return orderById(probe, id);
    }
    const ChangedAfter = new Date(probe.clock.now() - BACK_MS).toISOString().slice(0, 19);
    const content = { syncParams: { ChangedAfter, RegisteredAfter: '0001-01-01T00:00:00' } };
    const ids = all(await read(probe, 'invoice', 'GetOrderSyncList', content), 'int');
    const id = Number(ids.at(-1)?.text ?? 0);
    if (id === 0) throw new Untold('no order changed in the last 30 days; run it with --write');
    return orderById(probe, id);
  });

const CUSTOMER_NAMES = [
  'Name',
  'ExternalId',
  'OrganizationNumber',
  'Addresses',
  'PhoneNumbers',
  'EmailAddresses',
  'Type',
  'Discount',
  'BlockInvoice',
  'CurrencyId',
];

export const aCustomer = (probe: Probe): Promise<Element> =>
  probe.once('customer', async () => {
    const id = probe.canWrite
      ? await customer(probe, 'A')
      : Number(textOf(await anOrder(probe), 'CustomerId') ?? 0);
    const [found] = await customers(probe, { CompanyIds: { int: [id] } }, ...CUSTOMER_NAMES);
    if (found === undefined) throw new Untold('the customer does not show');
    return found;
  });

const SERVICES: readonly [string, Ask | ((probe: Probe) => Ask)][] = [
  ['Company', search],
  [
    'Product',
    { service: 'product', operation: 'GetCategories', content: { returnProperties: strings('Id') } },
  ],
  [
    'Invoice',
    {
      service: 'invoice',
      operation: 'GetInvoices',
      content: {
        searchParams: { ExternalStatus: { int: [1] } },
        invoiceReturnProperties: strings('OrderId'),
      },
    },
  ],
  ['Account', { service: 'account', operation: 'GetTaxCodeList' }],
  ['Client', { service: 'client', operation: 'GetClientInformation' }],
];
const NEEDED = ['Company', 'Product', 'Invoice'];
const noneNeeded = (value: unknown) => !(value as string[]).some((name) => NEEDED.includes(name));

export const READINGS: readonly Inquiry[] = [
  {
    id: 'rights',
    section: '3',
    question: 'Which services may our user read, and how is it told no?',
    decision: 'Customers, products and orders must be readable; without tax codes the shop sets vatCodes',
    file: 'src/onboarding/verify-books.ts',
    holds: { deniedServices: noneNeeded, permissionText: any },
    async ask(probe) {
      const refused: [string, Answer][] = [];
      for (const [name, ask] of SERVICES) {
        const answer = await answerTo(probe, typeof ask === 'function' ? ask(probe) : ask);
        if (answer.result === undefined) refused.push([name, answer]);
      }
      const denied = refused.filter(([, { signal }]) => signal === 'permission_missing');
      const others = refused.filter(([, { signal }]) => signal !== 'permission_missing');
      const names = denied.map(([name]) => name);
      return {
        tried: 'each service read once',
        came:
          refused.length === 0
            ? 'all five answered'
            : refused.map(([name, { signal, status }]) => `${name}: ${signal}, HTTP ${status}`).join('; '),
        found: {
          ...(others.length === 0 && { deniedServices: names }),
          ...(denied.length > 0 && { permissionText: denied[0]?.[1].fault }),
        },
      };
    },
  },
  {
    id: 'quota',
    section: '15',
    question: 'What does an answer tell of the quota, and in which form?',
    decision:
      'APILimitRemaining and APILimitReset as an ISO time are believed; without them we count ourselves',
    file: QUOTA,
    holds: {
      quotaHeaders: any,
      quotaReset: oneOf('iso'),
      requestsPerHour: (value, world) => Number(value) >= world.requestsPerHour,
    },
    async ask(probe) {
      const { headers } = await answerTo(probe, search(probe));
      const names = Object.keys(headers);
      const form = names.includes('apilimitremaining')
        ? 'api_limit'
        : names.some((name) => name.startsWith('x-ratelimit'))
          ? 'x_ratelimit'
          : 'none';
      const reset = headers.apilimitreset ?? headers['x-ratelimit-reset'];
      const left = Number(headers.apilimitremaining ?? headers['x-ratelimit-remaining'] ?? Number.NaN);
      const now = Date.parse(headers.date ?? '') || probe.clock.now();
      const seconds = Number(reset);
      const kind =
        reset === undefined
          ? undefined
          : /^\d{4}-\d\d-\d\d/.test(reset)
            ? 'iso'
            : seconds > 1e8
              ? 'epoch'
              : Number.isFinite(seconds)
                ? 'seconds'
                : undefined;
      const endsInMs =
        kind === 'iso'
          ? Date.parse(reset ?? '') - now
          : kind === 'epoch'
            ? seconds * 1_000 - now
            : seconds * 1_000;
      // Nobody else asked before us in this window: what is left and what we used is all there was.
      const isFresh = Number.isFinite(left) && Math.abs(HOUR_MS - endsInMs) < FRESH_MS;
      return {
        tried: 'headers of a search',
        came: reset === undefined ? 'no word of it' : `${form}, reset as ${kind ?? 'something else'}`,
        found: {
          quotaHeaders: form,
          ...(kind !== undefined && { quotaReset: kind }),
          ...(isFresh && { requestsPerHour: left + probe.wire.sent() }),
        },
      };
    },
  },
  {
    id: 'fault-text',
    section: '15',
    question: 'Does a fault show exception types and a stack?',
    decision: 'The last part of the chain is the message, whatever stands before it',
    file: FAULTS,
    holds: { faultText: any },
    async ask(probe) {
      const content = { searchParams: {}, returnProperties: strings('Id') };
      const answer = await answerTo(probe, { service: 'company', operation: 'GetCompanies', content });
      if (answer.fault === undefined) throw new Untold('a search without a parameter is no fault');
      return {
        tried: 'a search for customers without a parameter',
        came: `a fault with HTTP ${answer.status}${answer.showsStack ? ', exception types and stack' : ''}`,
        found: { faultText: answer.showsStack ? 'stack_trace' : 'message' },
      };
    },
  },
  {
    id: 'schema',
    section: '—',
    question: 'Is a request that the schema forbids refused?',
    decision: 'We send what the schema allows, in its order',
    file: 'src/twentyfourseven/wire/schemas.ts',
    holds: { requests: any },
    async ask(probe) {
      const content = { searchParams: { ...nobody(probe), SfProbe: '1' }, returnProperties: strings('Id') };
      const answer = await answerTo(probe, { service: 'company', operation: 'GetCompanies', content });
      const isAccepted = answer.result !== undefined;
      return {
        tried: 'a search with an element that does not exist',
        came: isAccepted ? 'it was passed over' : `a fault with HTTP ${answer.status}`,
        found: { requests: isAccepted ? 'dotnet' : 'strict' },
      };
    },
  },
  {
    id: 'unknown-properties',
    section: '19',
    question: 'Is a return property that does not exist ignored?',
    decision: 'We ask for existing ones only',
    file: 'src/twentyfourseven/orders.ts',
    holds: { unknownProperties: any },
    async ask(probe) {
      const answer = await answerTo(probe, search(probe, ['Id', 'SfProbeNoSuchProperty']));
      const isIgnored = answer.result !== undefined;
      return {
        tried: 'a search that asks for one',
        came: isIgnored ? 'the others were answered' : `a fault with HTTP ${answer.status}`,
        found: { unknownProperties: isIgnored ? 'ignored' : 'fault' },
      };
    },
  },
  {
    id: 'empty-list',
    section: '—',
    question: 'What is the answer of a search that found nothing?',
    decision: 'An empty list and no list both read as nothing found',
    file: VALUES,
    holds: { emptyLists: any },
    async ask(probe) {
      const { result } = await answerTo(probe, search(probe));
      if (result === undefined) throw new Untold('the search was refused');
      const list = child(result, 'GetCompaniesResult');
      if (list !== undefined && list.children.length > 0) throw new Untold('the search found somebody');
      return {
        tried: 'a search for nobody',
        came: list === undefined ? 'no list' : 'an empty list',
        found: { emptyLists: list === undefined || list.nil ? 'null' : 'empty' },
      };
    },
  },
  {
    id: 'defaults',
    section: '—',
    question: 'Is what equals its declared default left out of an answer?',
    decision: 'A missing element has its declared default as its value',
    file: VALUES,
    holds: { answers: any },
    async ask(probe) {
      const order = await anOrder(probe);
      const rows = all(order, 'InvoiceRow');
      const isNormal = rows.length > 0 && rows.some((row) => (textOf(row, 'ProductId') ?? '') !== '');
      if (!isNormal) throw new Untold('the order has no row of a product');
      const isWritten =
        rows.some((row) => child(row, 'Type')?.text === 'Normal') ||
        child(order, 'SkipStock')?.text === 'false';
      return {
        tried: "an order's SkipStock and its rows' Type, asked for",
        came: isWritten ? 'written' : 'left out',
        found: { answers: isWritten ? 'written_out' : 'dotnet' },
      };
    },
  },
  {
    id: 'decimals',
    section: '—',
    question: 'In which scale do amounts come back?',
    decision: 'Amounts are compared as decimals, never as text',
    file: 'src/domain/money.ts',
    holds: { decimals: any },
    async ask(probe) {
      const prices = all(await anOrder(probe), 'Price').map(({ text }) => text.trim());
      const [price] = prices;
      if (price === undefined) throw new Untold('the order has no price');
      const isFour = prices.every((each) => /\.\d{4}$/.test(each));
      return {
        tried: "the prices of an order's rows",
        came: isFour ? 'four places' : 'other scales',
        found: { decimals: isFour ? 'four_places' : 'as_sent' },
      };
    },
  },
  {
    id: 'slots',
    section: '—',
    question: 'How does an unused address, phone or e-mail slot come?',
    decision: 'Left out and nil both read as not set',
    file: 'src/twentyfourseven/customers.ts',
    holds: { unusedSlots: any },
    async ask(probe) {
      const found = await aCustomer(probe);
      const containers = ['Addresses', 'PhoneNumbers', 'EmailAddresses'].map((name) => child(found, name));
      const slots = containers.flatMap((container) => container?.children ?? []);
      const isNil = slots.some((slot) => slot.nil);
      return {
        tried: "a customer's addresses, phones and e-mails",
        came: isNil ? 'nil' : 'left out',
        found: { unusedSlots: isNil ? 'nil' : 'left_out' },
      };
    },
  },
  {
    id: 'date-zone',
    section: '20',
    question: 'Do dates carry a zone?',
    decision: 'The day as it is written counts',
    file: 'src/twentyfourseven/wire/scalars.ts',
    holds: { dateZone: any },
    async ask(probe) {
      const order = await anOrder(probe);
      const dates = ['DateOrdered', 'DateChanged'].map((name) => textOf(order, name) ?? '');
      const date = dates.find((text) => /^(?!0001)\d{4}-/.test(text));
      if (date === undefined) throw new Untold('the order has no date');
      const zone = date.endsWith('Z') ? 'utc' : /[+-]\d\d:\d\d$/.test(date) ? 'offset' : 'none';
      return { tried: "an order's dates", came: `zone: ${zone}`, found: { dateZone: zone } };
    },
  },
  {
    id: 'external-status',
    section: '14',
    question: 'Does GetInvoices filter by ExternalStatus?',
    decision:
      'Our mark is searched there; until one was found that way, a search by customer must find none either',
    file: 'src/transfer/look.ts',
    holds: { externalStatusFilter: oneOf('works') },
    async ask(probe) {
      const order = await anOrder(probe);
      const mark = Number(textOf(order, 'ExternalStatus') ?? 0);
      const foreign = await orders(probe, { ExternalStatus: { int: [2_147_483_646] } });
      const tried = 'a number that no order has, then one that an order has';
      const found = (value: string, came: string) => ({
        tried,
        came,
        found: { externalStatusFilter: value },
      });
      if (foreign.length > 0) return found('ignored', 'orders with other numbers came');
      if (!(mark > 0)) throw new Untold('the order that was looked at has no ExternalStatus');
      const own = await orders(probe, { ExternalStatus: { int: [mark] } });
      const isFound = own.some((each) => textOf(each, 'OrderId') === textOf(order, 'OrderId'));
      if (own.some((each) => Number(textOf(each, 'ExternalStatus') ?? mark) !== mark))
        return found('ignored', 'orders with other numbers came');
      return isFound
        ? found('works', 'nothing, then that order')
        : found('finds_nothing', 'nothing both times');
    },
  },
];
