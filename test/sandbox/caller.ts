/** What a caller of the sandbox can do and see, by raw SOAP. */
import {
  allValues,
  firstValue,
  invoices,
  order,
  type RawAnswer,
  type RawClient,
  searchOrders,
  startRaw,
  strings,
} from './raw-soap.ts';

const NOON = Date.parse('2026-01-15T12:00:00Z');
let now = NOON;
export let raw: RawClient;
export let session: string;

/** A new sandbox, its clock at noon, and a session on its first company. */
export async function startCaller(): Promise<void> {
  now = NOON;
  raw = await startRaw({ clock: () => now });
  session = await raw.login();
}

export function advance(ms: number): void {
  now += ms;
}

export const save = (...members: string[]) =>
  raw.call('Invoice', 'SaveInvoices', invoices(...members), session);
export const findOrders = (filter: string, ...names: string[]) =>
  raw.call('Invoice', 'GetInvoices', searchOrders(filter, ...names), session);
export const companies = (search: string, ...names: string[]) =>
  raw.call(
    'Company',
    'GetCompanies',
    `<searchParams>${search}</searchParams>${strings('returnProperties', ...names)}`,
    session,
  );
export const saveCompany = (fields: string) =>
  raw.call('Company', 'SaveCompanies', `<companies><Company>${fields}</Company></companies>`, session);
const products = (search: string) =>
  raw.call(
    'Product',
    'GetProducts',
    `<searchParams>${search}</searchParams>${strings('returnProperties', 'Id')}`,
    session,
  );
export const identity = (id = session) => raw.call('Authenticate', 'GetIdentity', '', id);
export const hasSession = async (id: string) =>
  firstValue((await raw.call('Authenticate', 'HasSession', '', id)).text, 'HasSessionResult');

export const firstOrder = '<OrderIds><int>1001</int></OrderIds>';
const dated = (date: string) =>
  order().replace('<IncludeVAT>', `<DateOrdered>${date}</DateOrdered><IncludeVAT>`);
export const titled = (title: string, orderId = 0) =>
  order({ orderId, rows: '' }).replace(
    '<ExternalStatus>',
    `<InvoiceTitle>${title}</InvoiceTitle><ExternalStatus>`,
  );
export const titleOf = async () =>
  firstValue((await findOrders(firstOrder, 'InvoiceTitle')).text, 'InvoiceTitle');
export const totalOf = ({ text }: RawAnswer) => firstValue(text, 'OrderTotalIncVat');
export const has = (text: string, ...names: string[]) => names.filter((name) => text.includes(`<${name}>`));
export const statusOf = async (answer: Promise<RawAnswer>) => (await answer).status;
export const found = async (answers: Promise<RawAnswer>[]) =>
  (await Promise.all(answers)).map(({ text }) => allValues(text, 'Id').length > 0);

export async function dateOrdered(date: string): Promise<string> {
  await save(dated(date));
  return firstValue((await findOrders(firstOrder, 'DateOrdered')).text, 'DateOrdered');
}

/** Searches by a part and by the whole text, each in upper case and as it is. */
export const searchedBy = (find: (text: string) => Promise<RawAnswer>, [part, whole]: [string, string]) =>
  found([part.toUpperCase(), part, whole.toUpperCase(), whole].map(find));
export const byEmail = (text: string) => companies(`<CompanyEmail>${text}</CompanyEmail>`, 'Id');
export const byNumber = (text: string) => companies(`<OrganizationNumber>${text}</OrganizationNumber>`, 'Id');
export const byProductName = (text: string) => products(`<Name>${text}</Name>`);

export const TEXT_SEARCHES = {
  contains: [true, true, true, true],
  contains_case: [false, true, false, true],
  exact: [false, false, true, true],
  exact_case: [false, false, false, true],
};

/** A discount of 10, once left out of an update and once updated to 0. */
export async function discounts(): Promise<string[]> {
  const read = async () =>
    firstValue((await companies('<CompanyId>1</CompanyId>', 'Discount')).text, 'Discount') || '0';
  const whole = '<Id>1</Id><Name>Nordmann</Name>';
  await saveCompany(`${whole}<Discount>10</Discount>`);
  await saveCompany(whole);
  const omitted = await read();
  await saveCompany(`${whole}<Discount>10</Discount>`);
  await saveCompany(`${whole}<Discount>0</Discount>`);
  return [omitted, await read()];
}

export const vatMeaning = (includeVat: string) => async () =>
  totalOf(
    await save(
      includeVat === 'nil'
        ? order().replace('<IncludeVAT>false</IncludeVAT>', '<IncludeVAT xsi:nil="true"/>')
        : order({ includeVat }),
    ),
  );
export const VAT_TOTALS = { inc_vat: '100.00', ex_vat: '125.00' };
