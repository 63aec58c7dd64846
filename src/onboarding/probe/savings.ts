/** Questions that need a save. Everything made is a Draft and carries SF-PROBE in its name or reference. */
import { amount, aTax, joined, priceBasis, readBack, taxCodeMeans } from './drafts.ts';
import { any, type Found, type Inquiry, oneOf, type Probe, Untold } from './inquiry.ts';
import { type Content, child, textOf } from './port.ts';
import { customer, customers, makeOrders, nameOf, ORDERED, product, save } from './things.ts';

const ORDER = 'src/domain/order.ts';
const UPDATE = 'src/domain/customer-changes.ts';
const LONG = 'x'.repeat(60);
const REFERENCE_LENGTH = 50;

async function discountOf(probe: Probe, id: number): Promise<string> {
  const [found] = await customers(probe, { CompanyIds: { int: [id] } }, 'Discount');
  if (found === undefined) throw new Untold('the customer does not show');
  return (amount(found, 'Discount') ?? 0).toString();
}

async function update(probe: Probe, id: number, fields: { [name: string]: Content }): Promise<void> {
  const content = {
    companies: { Company: { Id: id, Name: nameOf(probe, 'B'), Type: 'Business', ...fields } },
  };
  const answer = await save(probe, 'company', 'SaveCompanies', content);
  if (answer.result === undefined) throw new Untold(`the update was refused (${answer.signal})`);
}

const alone = (
  name: string,
  tried: string,
  value: string,
): { tried: string; came: string; found: Found } => ({
  tried,
  came: value,
  found: { [name]: value },
});

const written: Omit<Inquiry, 'needsWrite'>[] = [
  {
    id: 'visibility',
    section: '—',
    question: 'How soon does a search show what was just saved?',
    decision: 'A look is believed TFSO_SETTLE_MS after the send',
    file: 'src/transfer/look.ts',
    holds: { visibilityDelayMs: (value, { settleMs }) => Number(value) < settleMs },
    async ask(probe) {
      await customer(probe, 'A');
      const delay = probe.state.facts.visibilityDelayMs;
      if (typeof delay !== 'number')
        throw new Untold('it did not show within two settle times, or was made in an earlier run');
      return {
        tried: 'a customer, searched by ExternalId each second',
        came: delay === 0 ? 'at the first look' : `after ${delay} ms at most`,
        found: { visibilityDelayMs: delay },
      };
    },
  },
  {
    id: 'write-rights',
    section: '3',
    question: 'Which services may our user save to?',
    decision: 'Customers, products and orders must be writable',
    file: 'src/transfer/ports/books.ts',
    holds: { deniedWrites: (value) => (value as string[]).length === 0, permissionText: any },
    async ask(probe) {
      for (const make of [() => customer(probe, 'A'), () => product(probe), () => joined(probe)]) {
        try {
          await make();
        } catch (error) {
          if (!(error instanceof Untold)) throw error;
        }
      }
      const denied = (probe.state.facts.deniedWrites ?? []) as string[];
      const text = probe.state.facts.permissionText;
      return {
        tried: 'a customer, a category, a product and orders saved',
        came: denied.length === 0 ? 'none was refused for its rights' : `refused: ${denied.join(', ')}`,
        found: { deniedWrites: denied, ...(text !== undefined && { permissionText: text }) },
      };
    },
  },
  {
    id: 'save-answer',
    section: '13',
    question: "What does a save's answer carry, and in which order?",
    decision: 'Answers are matched by mark or id, never by position; sums are read back',
    file: 'src/twentyfourseven/operations.ts',
    holds: { saveSums: any, saveRows: any, saveMarks: any, saveOrder: any },
    async ask(probe) {
      await joined(probe);
      const found = probe.state.facts.saveAnswer as Found | undefined;
      if (found === undefined) throw new Untold('the orders were made in an earlier run');
      const came = `sums: ${found.saveSums}, rows: ${found.saveRows}, marks: ${found.saveMarks}, order: ${found.saveOrder}`;
      return { tried: 'two orders in one save', came, found };
    },
  },
  {
    id: 'product-answer',
    section: '13',
    question: "Does a saved product's answer carry its name?",
    decision:
      'New products leave together once an answer has told them apart by name; singly where it does not',
    file: 'src/twentyfourseven/operations.ts',
    holds: { saveNames: any },
    async ask(probe) {
      await product(probe);
      const { saveNames } = probe.state.facts;
      if (saveNames === undefined) throw new Untold('the product was made in an earlier run');
      return { tried: 'a product', came: saveNames ? 'with its name' : 'without', found: { saveNames } };
    },
  },
  {
    id: 'tax-code',
    section: '7',
    question: "Is a row's TaxCode the TaxId or the TaxNo?",
    decision: 'TaxId',
    file: 'src/domain/tax.ts',
    holds: { taxCodeMeans: oneOf('tax_id') },
    async ask(probe) {
      return alone(
        'taxCodeMeans',
        "an order with one code's TaxId, its rate read back",
        await taxCodeMeans(probe),
      );
    },
  },
  {
    id: 'discount',
    section: '6',
    question: 'Is DiscountRate percent or a fraction?',
    decision: 'Percent',
    file: ORDER,
    holds: { discountUnit: oneOf('percent') },
    async ask(probe) {
      const tax = await aTax(probe);
      const draft = {
        customerId: await customer(probe, 'A'),
        includeVat: false,
        price: '100',
        discountRate: '0.5',
        taxCode: tax?.sent,
      };
      const [id] = await makeOrders(probe, { discount: draft });
      const order = await readBack(probe, id);
      const total = amount(order, 'OrderTotalIncVat');
      const vat = amount(order, 'OrderTotalVat');
      if (total === undefined || vat === undefined) throw new Untold('the order shows no sums');
      const net = total.minus(vat);
      // Whatever the price basis is, half is far from nearly all of it.
      const unit = net.greaterThan(70) ? 'percent' : net.greaterThan(30) ? 'fraction' : undefined;
      if (unit === undefined) throw new Untold('the sum fits neither');
      return alone('discountUnit', '0.5 on a price of 100', unit);
    },
  },
  {
    id: 'include-vat',
    section: '6',
    question: 'What are row prices where IncludeVAT is true, false or nil?',
    decision: 'true: with VAT, false: without; nil is never sent',
    file: ORDER,
    holds: { includeVatTrue: oneOf('inc_vat'), includeVatFalse: oneOf('ex_vat'), includeVatNil: any },
    async ask(probe) {
      const tax = await aTax(probe);
      const [without, within] = await joined(probe);
      const draft = {
        customerId: await customer(probe, 'A'),
        includeVat: null,
        price: '100',
        taxCode: tax?.sent,
      };
      const [nil] = await makeOrders(probe, { nil: draft });
      const found = {
        includeVatTrue: priceBasis(await readBack(probe, within), '200', tax),
        includeVatFalse: priceBasis(await readBack(probe, without), '100.5', tax),
        includeVatNil: priceBasis(await readBack(probe, nil), '100', tax),
      };
      const came = `true: ${found.includeVatTrue}, false: ${found.includeVatFalse}, nil: ${found.includeVatNil}`;
      return { tried: 'one order each, the sum read back', came, found };
    },
  },
  {
    id: 'currency',
    section: '—',
    question: "Does an order without a currency take its customer's?",
    decision: 'A shop has one currency; orders carry none',
    file: ORDER,
    holds: { customerCurrency: any },
    async ask(probe) {
      const tax = await aTax(probe);
      const draft = {
        customerId: await customer(probe, 'B'),
        includeVat: false,
        price: '100',
        taxCode: tax?.sent,
      };
      const [id] = await makeOrders(probe, { currency: draft });
      const symbol = textOf(child(await readBack(probe, id), 'Currency'), 'Symbol');
      return alone(
        'customerCurrency',
        'an order of a customer with EUR',
        symbol === 'EUR' ? 'taken' : 'ignored',
      );
    },
  },
  {
    id: 'date-shift',
    section: '20',
    question: 'Does a date come back as it was sent?',
    decision: 'Noon without zone: a shift of hours keeps the day',
    file: ORDER,
    holds: { dateShift: any },
    async ask(probe) {
      const [id] = await joined(probe);
      const back = textOf(await readBack(probe, id), 'DateOrdered')?.slice(0, 19);
      const shift = back === ORDERED ? 'kept' : back === '2021-07-15T10:00:00' ? 'local_to_utc' : undefined;
      if (shift === undefined) throw new Untold('the date came back as neither');
      return alone('dateShift', 'an order of a summer noon', shift);
    },
  },
  {
    id: 'empty-text',
    section: '16',
    question: 'Does an empty text clear a field?',
    decision: 'A comment is cleared that way; where it stays, the result says so',
    file: 'src/domain/order-update.ts',
    holds: { emptyText: any },
    async ask(probe) {
      const [id = 0] = await joined(probe);
      const customerId = await customer(probe, 'A');
      const InvoiceOrder = {
        OrderId: id,
        CustomerId: customerId,
        OrderStatus: 'Draft',
        DateOrdered: ORDERED,
        IncludeVAT: false,
        InvoiceTitle: '',
      };
      const answer = await save(probe, 'invoice', 'SaveInvoices', { invoices: { InvoiceOrder } });
      if (answer.result === undefined) throw new Untold(`the update was refused (${answer.signal})`);
      const title = textOf(await readBack(probe, id), 'InvoiceTitle') ?? '';
      return alone('emptyText', 'InvoiceTitle of an order, emptied', title === '' ? 'clears' : 'unchanged');
    },
  },
  {
    id: 'omitted-defaults',
    section: '9',
    question: 'Is a field with a real default reset where an update leaves it out?',
    decision: 'Such fields go back as they were read',
    file: UPDATE,
    holds: { omittedDefaults: any },
    async ask(probe) {
      const id = await customer(probe, 'B');
      await update(probe, id, { Discount: '7' });
      if ((await discountOf(probe, id)) !== '7') throw new Untold('a Discount does not stay');
      await update(probe, id, {});
      const tried = "a customer's Discount, left out, then sent as 0";
      if ((await discountOf(probe, id)) !== '7') return alone('omittedDefaults', tried, 'reset');
      await update(probe, id, { Discount: '0' });
      const isKept = (await discountOf(probe, id)) === '7';
      return alone('omittedDefaults', tried, isKept ? 'never_change' : 'unchanged');
    },
  },
  {
    id: 'lengths',
    section: '17',
    question: 'Is a text that is too long refused or cut?',
    decision: 'Texts are shortened before they are sent',
    file: 'src/domain/text-fit.ts',
    holds: { lengthLimits: any },
    async ask(probe) {
      // Another one was saved: what is refused now is refused for its length.
      await joined(probe);
      const tax = await aTax(probe);
      const draft = {
        customerId: await customer(probe, 'A'),
        includeVat: false,
        price: '1',
        taxCode: tax?.sent,
        yourReference: LONG,
      };
      const tried = `YourReference with ${LONG.length} characters`;
      let id: number | undefined;
      try {
        [id] = await makeOrders(probe, { long: draft });
      } catch (error) {
        if (error instanceof Untold) return alone('lengthLimits', tried, 'refuse');
        throw error;
      }
      const back = textOf(await readBack(probe, id), 'YourReference') ?? '';
      if (back.length > REFERENCE_LENGTH) throw new Untold('the whole text was kept');
      return alone('lengthLimits', tried, 'truncate');
    },
  },
];

export const SAVINGS: readonly Inquiry[] = written.map((inquiry) => ({ ...inquiry, needsWrite: true }));
