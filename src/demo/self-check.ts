/** Checks at the end of the demo: do the books hold what the product promises? Pure. */
import { shopSettings } from '../contract/shop.ts';
import { productsOf } from '../domain/mapping.ts';
import type { SandboxBooks } from '../sandbox/books.ts';
import type { Findings, InvoiceFinding, ShopFindings } from './findings.ts';

export interface Check {
  ok: boolean;
  /** What was checked, with the numbers found. */
  text: string;
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;

const invoiceId = ({ sample }: InvoiceFinding) => sample.input.invoice.id;

/** `text`, followed by what is wrong, if anything. */
function checkOf(text: string, wrong: string[]): Check {
  return wrong.length === 0 ? { ok: true, text } : { ok: false, text: `${text}; but: ${wrong.join(', ')}` };
}

const isTransferred = ({ record }: InvoiceFinding) => record?.state === 'transferred';

function checkEnds(invoices: InvoiceFinding[]): Check {
  const transferred = invoices.filter(isTransferred).length;
  const wrong = invoices.flatMap((invoice) => {
    const { ends } = invoice.sample;
    const ended = isTransferred(invoice) ? 'transferred' : (invoice.record?.code ?? 'no end');
    return ended === ends ? [] : [`${invoiceId(invoice)} is ${ended}, not ${ends}`];
  });
  return checkOf(
    `each invoice ended as its rule says: ${transferred} transferred, ${invoices.length - transferred} refused`,
    wrong,
  );
}

function checkOrders(shops: ShopFindings[]): Check {
  const orders = shops.flatMap(({ books }) => books.orders);
  const transferred = shops.flatMap(({ invoices }) => invoices.filter(isTransferred));
  const wrong = shops.flatMap(({ books, invoices }) => {
    const references = invoices.filter(isTransferred).map(({ record }) => record?.reference);
    const strangers = books.orders.filter(({ reference }) => !references.includes(reference));
    const twice = books.orders.filter(
      ({ reference }, index) => books.orders.findIndex((other) => other.reference === reference) !== index,
    );
    const missing = invoices.filter(
      (invoice) => isTransferred(invoice) && invoice.order?.reference !== invoice.record?.reference,
    );
    return [
      ...strangers.map(
        ({ orderId }) => `order ${orderId} belongs to no transferred invoice of ${books.name}`,
      ),
      ...twice.map(({ orderId, reference }) => `order ${orderId} is a second one for ${reference}`),
      ...missing.map((invoice) => `the order of ${invoiceId(invoice)} is not in the books of ${books.name}`),
    ];
  });
  if (orders.length !== transferred.length) wrong.push('their numbers differ');
  const text = `${count(orders.length, 'order')} for ${count(transferred.length, 'transferred invoice')}, each in its shop's own company`;
  return checkOf(text, wrong);
}

function checkTotals(invoices: InvoiceFinding[]): Check {
  const wrong = invoices.filter(isTransferred).flatMap((invoice) => {
    const { gross } = invoice.sample.input.invoice.totals;
    const posted = invoice.order?.totalIncVat;
    return posted === gross ? [] : [`${invoiceId(invoice)} is ${gross}, its order ${posted ?? 'missing'}`];
  });
  return checkOf("each order's total is its invoice's, to the øre", wrong);
}

const textField = (fields: Record<string, unknown>, name: string) => {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** A customer is known by organisation number or, without one, by name and e-mail. */
function identityOf({ fields, name }: SandboxBooks['customers'][number]): string {
  const number = textField(fields, 'OrganizationNumber')?.replace(/\D/g, '');
  const who = [textField(fields, 'FirstName'), name, JSON.stringify(fields.EmailAddresses)];
  return number === undefined ? who.join(' ') : number;
}

function checkCustomers(shops: ShopFindings[]): Check {
  const created = shops.map(({ books, before }) => books.customers.length - before.customers.length);
  const wrong = shops.flatMap(({ books }) => {
    const known = books.customers.map(identityOf);
    const twice = books.customers.filter((_, index) => known.indexOf(known[index] ?? '') !== index);
    return twice.map(({ id }) => `customer ${id} of ${books.name} is in the books twice`);
  });
  const sum = created.reduce((a, b) => a + b, 0);
  return checkOf(`${count(sum, 'customer')} created, none twice`, wrong);
}

function checkProducts(shops: ShopFindings[]): Check {
  let needed = 0;
  const wrong = shops.flatMap(({ shop, books, invoices }) => {
    const settings = shopSettings.parse(shop.settings);
    const lines = invoices.filter(isTransferred).flatMap(({ sample }) => sample.input.lines);
    const wanted = [...productsOf(lines, settings).values()];
    needed += wanted.length;
    return wanted.flatMap(({ name: product, category }) => {
      const products = books.products.filter(({ name }) => name === product).length;
      const categories = books.categories.filter(({ name }) => name === category).length;
      return [
        ...(products === 1 ? [] : [`${books.name} has ${count(products, 'product')} "${product}"`]),
        ...(categories === 1 ? [] : [`${books.name} has ${categories} categories "${category}"`]),
      ];
    });
  });
  return checkOf(
    `${count(needed, 'product')} for the lines' accounts, each there once, its category too`,
    wrong,
  );
}

function checkMapped(shops: ShopFindings[]): Check {
  let mapped = 0;
  const wrong = shops.flatMap(({ shop, invoices }) =>
    invoices.filter(isTransferred).flatMap((invoice) => {
      const { buyerReference, location } = invoice.sample.input.invoice;
      const fields = invoice.order?.fields ?? {};
      const department = shop.settings.locations?.[location ?? '']?.departmentId ?? undefined;
      if (buyerReference === undefined && department === undefined) return [];
      mapped += 1;
      const is = fields.YourReference === buyerReference && fields.DepartmentId === department;
      return is ? [] : [`the order of ${invoiceId(invoice)} has another reference or department`];
    }),
  );
  return checkOf(`${count(mapped, "buyer's reference")} on its order, with its location's department`, wrong);
}

function checkStatuses(invoices: InvoiceFinding[]): Check {
  const transferred = invoices.filter(isTransferred);
  const details = (order: InvoiceFinding['order']) => {
    if (order === undefined) return 'order_missing';
    if (order.paid !== null) return 'paid';
    return order.invoiceId === null ? 'order_not_invoiced' : 'invoiced';
  };
  const wrong = transferred.flatMap((invoice) => {
    const inBooks = details(invoice.order);
    const told = invoice.status?.detail ?? 'not checked';
    return told === inBooks ? [] : [`${invoiceId(invoice)} is ${inBooks}, told ${told}`];
  });
  const paid = transferred.filter(({ status }) => status?.status === 'paid').length;
  return checkOf(`"Check status" tells what the books say: ${paid} of ${transferred.length} paid`, wrong);
}

function checkViolations({ violations }: Findings): Check {
  const wrong = violations.map(({ operation, message }) => `${operation}: ${message}`);
  return checkOf("every request was within 24SevenOffice's schema, none booked an invoice", wrong);
}

export function selfCheck(findings: Findings): Check[] {
  const { shops } = findings;
  const invoices = shops.flatMap((shop) => shop.invoices);
  return [
    checkEnds(invoices),
    checkOrders(shops),
    checkTotals(invoices),
    checkCustomers(shops),
    checkProducts(shops),
    checkMapped(shops),
    checkStatuses(invoices),
    checkViolations(findings),
  ];
}
