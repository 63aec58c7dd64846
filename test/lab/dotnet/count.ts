import type { Company, Order } from './books.ts';
import { check, same } from './checks.ts';
import { sums } from './sharefox.ts';
import { BYSTANDER, SHOPS, type Stage, shopOf } from './stage.ts';

const tally = (values: string[]): string[] =>
  values.filter((value, index) => values.indexOf(value) !== index);

const emails = ({ customers }: Company): string[] =>
  customers.flatMap(({ EmailAddresses: slots }) => slots?.Invoice?.Value ?? slots?.Work?.Value ?? []);

/** Compares the books at the end with everything that was sent. */
export const count = async (stage: Stage): Promise<void> => {
  const books = await stage.office.books();
  const seen = new Set<Order>();
  const problems: string[] = [];
  for (const [key, payload] of stage.sent) {
    const shop = shopOf(payload.shopId);
    const { reference } = await stage.sharefox.record(payload.shopId, payload.invoice.id);
    const found = books.companies.flatMap(({ client, orders }) =>
      orders
        .filter((order) => order.ReferenceNumber !== '' && order.ReferenceNumber === reference)
        .map((order) => ({ client, order })),
    );
    for (const { order } of found) seen.add(order);
    if (stage.gone.has(key)) continue;
    const { gross, vat } = sums(payload.lines, payload.invoice.pricesIncludeVat);
    if (found.length !== 1) problems.push(`${key}: ${found.length} orders`);
    for (const { client, order } of found) {
      if (client !== shop.client) problems.push(`${key}: in company ${client}`);
      if (order.Total !== gross.toFixed(4) || order.Vat !== vat.toFixed(4))
        problems.push(`${key}: sums ${order.Total} ${order.Vat}`);
    }
  }
  same(
    `${stage.sent.size} invoices: no order twice, none missing, none in the wrong company, sums exact`,
    problems,
    [],
  );
  const shops = books.companies.filter(({ client }) => client !== BYSTANDER);
  const ours = 1 + stage.odd.size;
  const strays = shops.flatMap(({ orders }) => orders).filter((order) => !seen.has(order));
  same('no order that nobody sent (a collecting order and a misbooked one are meant)', strays.length, ours);
  const bystander = books.companies.find(({ client }) => client === BYSTANDER);
  same(
    'nothing in the company of nobody',
    [bystander?.orders, bystander?.customers, bystander?.products],
    [[], [], []],
  );
  for (const company of shops) {
    same(`company ${company.client}: no customer twice`, tally(emails(company)), []);
    same(
      `company ${company.client}: one product, one category`,
      [company.products.map(({ Name }) => Name), company.categories.map(({ Name }) => Name)],
      [['SharefoxRental'], ['SharefoxRental']],
    );
  }
  const events = await stage.sharefox.events();
  const completed = events
    .filter(({ type }) => type === 'transfer.completed')
    .map(({ shopId, invoiceId }) => `${shopId} ${invoiceId}`);
  const silent = [...stage.sent.keys()].filter((key) => !completed.includes(key));
  same('each transferred invoice has its event', silent, []);
  const edited = SHOPS.map(({ shopId }) => `${shopId} 2001-1`);
  same(
    'and none has two (an update has its own)',
    tally(completed).filter((key) => !edited.includes(key)),
    [],
  );
  const total = Object.values(books.calls).reduce((sum, calls) => sum + calls, 0);
  check(
    `requests seen: ${total} (${Object.entries(books.calls)
      .map(([name, calls]) => `${name} ${calls}`)
      .join(', ')})`,
    total > 0,
  );
  const log = stage.product.log();
  const leaks = ['@post.example', '@fjell.example', 'Nordmann', 'Brobekkveien', 'one & <two>'].filter(
    (word) => log.includes(word),
  );
  same('no name, address, e-mail or password in the log', leaks, []);
};
