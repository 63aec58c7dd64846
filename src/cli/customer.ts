/** `customer …`: the customers that people have chosen on invoices' pages. */
import { withProduct } from './context.ts';
import { CliProblem, EXIT, type Io } from './io.ts';

export async function listPins(io: Io, shopId: string, options: { json?: boolean }): Promise<number> {
  return withProduct(io, {}, async ({ store }) => {
    const pins = await store.pins.list(shopId);
    if (options.json === true) {
      io.out(JSON.stringify(pins, null, 2));
      return EXIT.done;
    }
    const clientId = (await store.shops.find(shopId))?.verified?.clientId;
    for (const { key, customerId, by, chosenAt, invoiceId, clientId: company } of pins) {
      const isUsed =
        company === clientId ? '' : `; not used: the shop is not connected to company ${company}`;
      io.out(
        `${key}  customer ${customerId}, chosen by ${by} at ${chosenAt} for invoice ${invoiceId}${isUsed}`,
      );
    }
    if (pins.length === 0) io.out(`nobody has chosen a customer for ${shopId}`);
    return EXIT.done;
  });
}

export async function unpin(io: Io, shopId: string, key: string): Promise<number> {
  return withProduct(io, {}, async ({ store }) => {
    if (!(await store.pins.remove(shopId, key))) {
      throw new CliProblem([`no customer is chosen under ${key}; see customer pins ${shopId}`]);
    }
    io.out("undone: the next invoice's customer is searched for, as before");
    return EXIT.done;
  });
}
