/** The orders that several questions look at, and the tax code they need. */
import { Decimal } from 'decimal.js';
import { type Probe, Untold } from './inquiry.ts';
import { all, child, type Element, textOf } from './port.ts';
import { customer, makeOrders, markOf, orderById, orders, read } from './things.ts';

/** `sent` as TaxCode books this rate. */
export interface Tax {
  sent: number;
  rate: Decimal;
}

interface Code {
  id: number;
  no: number;
  rate: Decimal;
}

const UNSET = /^-79228162514264337593543950335$/;

export function amount(element: Element | undefined, name: string): Decimal | undefined {
  const text = textOf(element, name);
  return text === undefined || !/^-?\d+(\.\d+)?$/.test(text) || UNSET.test(text)
    ? undefined
    : new Decimal(text);
}

const codesOf = (probe: Probe): Promise<Code[]> =>
  probe.once('taxCodes', async () => {
    const list = all(await read(probe, 'account', 'GetTaxCodeList'), 'TaxCodeElement');
    return list.map((each) => ({
      id: Number(textOf(each, 'TaxId') ?? Number.NaN),
      no: Number(textOf(each, 'TaxNo') || Number.NaN),
      rate: amount(each, 'TaxRate') ?? new Decimal(0),
    }));
  });

/** The rate that a row was booked with. */
function rateOf(order: Element): Decimal | undefined {
  const [row] = all(order, 'InvoiceRow');
  return amount(row, 'VatRate') ?? amount(child(row, 'TaxSettings'), 'TaxRate');
}

/** Whether TaxCode is the id or the number: a code whose id is another code's number tells. */
export async function taxCodeMeans(probe: Probe): Promise<string> {
  const { facts } = probe.state;
  if (typeof facts.taxCodeMeans === 'string') return facts.taxCodeMeans;
  const codes = await codesOf(probe);
  const numbered = (id: number) => codes.find(({ no }) => no === id);
  const torn = codes.find(({ id, rate }) => numbered(id)?.rate.equals(rate) === false);
  const alone = codes.find(({ id, rate }) => rate.greaterThan(0) && numbered(id) === undefined);
  const code = torn ?? alone;
  if (code === undefined) throw new Untold('no tax code tells the two apart');
  const customerId = await customer(probe, 'A');
  let rate: Decimal | undefined;
  try {
    const draft = { customerId, includeVat: false, price: '100', taxCode: code.id };
    const [id = 0] = await makeOrders(probe, { tax: draft });
    rate = rateOf(await orderById(probe, id));
  } catch (error) {
    // No code has that number.
    if (!(error instanceof Untold) || torn !== undefined) throw error;
    facts.taxCodeMeans = 'tax_no';
    return 'tax_no';
  }
  const means = rate?.equals(code.rate)
    ? 'tax_id'
    : rate?.equals(numbered(code.id)?.rate ?? -1)
      ? 'tax_no'
      : undefined;
  if (means === undefined) throw new Untold('the row was booked with the rate of neither');
  facts.taxCodeMeans = means;
  return means;
}

/** One with a rate to see; undefined where the list or its meaning cannot be had. */
async function taxOf(probe: Probe): Promise<Tax | undefined> {
  try {
    const means = await taxCodeMeans(probe);
    const codes = (await codesOf(probe)).filter(
      ({ rate, id, no }) => rate.greaterThan(0) && id > 0 && no > 0,
    );
    const code = codes.find(({ no }) => no === 3) ?? codes[0];
    return code && { sent: means === 'tax_no' ? code.no : code.id, rate: code.rate };
  } catch (error) {
    if (error instanceof Untold) return undefined;
    throw error;
  }
}

export const aTax = (probe: Probe) => probe.once('tax', () => taxOf(probe));

/** Two orders in one save: prices without VAT, one row; prices with VAT, two rows. */
export async function joined(probe: Probe): Promise<number[]> {
  const customerId = await customer(probe, 'A');
  const taxCode = (await aTax(probe))?.sent;
  const drafts = {
    'joined-1': { customerId, includeVat: false, price: '100.5', taxCode, title: 'SF-PROBE' },
    'joined-2': { customerId, includeVat: true, price: '100', taxCode, rows: 2 },
  };
  return makeOrders(probe, drafts, ({ result }) => {
    const entities = all(result, 'InvoiceOrder');
    if (entities.length !== 2) return;
    const [first, second] = entities;
    const has = (name: string) => entities.every((each) => textOf(each, name) !== undefined);
    const reference = has('ReferenceNumber') && textOf(first, 'ReferenceNumber') !== '';
    const status = has('ExternalStatus') && Number(textOf(first, 'ExternalStatus')) > 0;
    const mark = markOf(probe, 'joined-1');
    const isReversed = reference
      ? textOf(second, 'ReferenceNumber') === mark.reference
      : status
        ? Number(textOf(second, 'ExternalStatus')) === mark.externalStatus
        : Number(textOf(first, 'OrderId')) > Number(textOf(second, 'OrderId'));
    probe.state.facts.saveAnswer = {
      saveSums: entities.every((each) => amount(each, 'OrderTotalIncVat') !== undefined),
      saveRows: entities.every((each) => all(each, 'InvoiceRow').length > 0),
      saveMarks: reference && status ? 'both' : reference ? 'reference' : status ? 'external_status' : 'none',
      saveOrder: isReversed ? 'reversed' : 'as_sent',
    };
  });
}

/** One order as it reads back. */
export async function readBack(probe: Probe, id: number | undefined): Promise<Element> {
  if (id === undefined) throw new Untold('the order was not saved');
  const [order] = await orders(probe, { OrderIds: { int: [id] } });
  if (order === undefined) throw new Untold('the order does not show');
  return order;
}

/** Whether the prices held the VAT: by the sum that was booked. */
export function priceBasis(order: Element, prices: string, tax: Tax | undefined): string {
  const total = amount(order, 'OrderTotalIncVat');
  const rate = rateOf(order) ?? tax?.rate;
  if (total === undefined || rate === undefined || rate.isZero())
    throw new Untold('the order shows no sum or no VAT');
  if (total.equals(prices)) return 'inc_vat';
  if (
    total
      .minus(new Decimal(prices).times(rate.plus(100)).dividedBy(100))
      .abs()
      .lessThanOrEqualTo('0.02')
  )
    return 'ex_vat';
  throw new Untold('the sum is neither');
}
