import { check, same } from './checks.ts';
import { until } from './product.ts';
import { type Ended, invoice, rental } from './sharefox.ts';
import { FJORD, KARI, SHOPS, type Stage } from './stage.ts';

/** Troubles, each met once. Their times are longer than the product's timeout (2 s), shorter than its settle (3 s). */
const TROUBLE = [
  { operation: 'SaveInvoices', kind: 'error-before' },
  { operation: 'SaveInvoices', kind: 'error-after' },
  { operation: 'SaveInvoices', kind: 'drop-before' },
  { operation: 'SaveInvoices', kind: 'drop-after' },
  { operation: 'SaveInvoices', kind: 'gateway-before' },
  { operation: 'SaveInvoices', kind: 'gateway-after' },
  { operation: 'SaveInvoices', kind: 'answer-beside' },
  { operation: 'SaveInvoices', kind: 'late-before', ms: 2_400 },
  { operation: 'SaveInvoices', kind: 'late-after', ms: 6_000 },
  { operation: 'SaveInvoices', kind: 'error-late-before', ms: 6_000 },
  { operation: 'SaveCompanies', kind: 'drop-before' },
  { operation: 'SaveCompanies', kind: 'drop-after' },
  { operation: 'SaveCompanies', kind: 'late-after', ms: 5_000 },
  { operation: 'GetInvoices', kind: 'drop-before' },
  { operation: 'GetCompanies', kind: 'gateway-before' },
  { operation: 'SaveInvoices', kind: 'limit-before' },
] as const;

const GOOD = ['created', 'adopted'];

/** Troubles of the short run: lost before the commit, lost after it, and committed after we gave up. */
const SHORT = ['drop-before', 'drop-after', 'late-before'];

/** Each trouble meets a new customer's invoice. In the end each invoice has exactly one order. */
export const trouble = async (stage: Stage, isShort: boolean): Promise<void> => {
  const ends: [string, () => Promise<Ended>][] = [];
  const earlier = (await stage.office.books()).faults.length;
  const met = isShort
    ? TROUBLE.filter(({ operation, kind }) => operation === 'SaveInvoices' && SHORT.includes(kind))
    : TROUBLE;
  for (const [index, fault] of met.entries()) {
    await stage.office.act({ do: 'fault', times: 1, ...fault });
    const customer = { ...KARI, lastName: `Feil${index}`, email: `feil${index}@post.example` };
    const payload = invoice(FJORD.shopId, `40${index + 10}-1`, customer, [
      rental('Lift', '1', `${100 + index}.00`),
    ]);
    stage.sent.set(`${FJORD.shopId} ${payload.invoice.id}`, payload);
    ends.push([`${fault.operation} ${fault.kind}`, await stage.sharefox.begin(payload)]);
    await until(
      `${fault.kind} to be met`,
      async () => (await stage.office.books()).faults[earlier + index]?.Met === 1,
    );
  }
  for (const [name, end] of ends) {
    const { value, failedReason } = await end();
    check(`${name}: ends with its order`, GOOD.includes(String(value?.outcome)), failedReason ?? value);
  }
};

/** Kills a worker while a save hangs in each company, and starts another in its place. */
const killInMidSave = async (stage: Stage, victim: number): Promise<void> => {
  const hang = { do: 'fault', operation: 'SaveInvoices', kind: 'late-after', times: 2, ms: 1_500 };
  await stage.office.act(hang);
  await until('a save to hang', async () => (await stage.office.books()).faults.at(-1)?.Met !== 0);
  const worker = stage.workers[victim];
  if (worker?.pid !== undefined) process.kill(worker.pid, 'SIGKILL');
  stage.workers.push(stage.product.startWorker());
};

/** Many invoices over two processes, each of which is killed in the middle of a save. */
export const burst = async (stage: Stage, count: number): Promise<void> => {
  const ends: Promise<Ended>[] = [];
  for (let index = 0; index < count; index += 1) {
    const shop = SHOPS[index % SHOPS.length] ?? FJORD;
    const person = Math.floor(index / 2) % 20;
    const customer = { ...KARI, lastName: `Mange${person}`, email: `mange${person}@post.example` };
    const lines = [
      rental('Lift', `${1 + (index % 3)}`, `${100 + index}.50`, '25', '10'),
      rental('Mat', '1', '10.00', '15'),
    ];
    const payload = invoice(shop.shopId, `5${index + 100}-1`, customer, lines);
    stage.sent.set(`${shop.shopId} ${payload.invoice.id}`, payload);
    ends.push((await stage.sharefox.begin(payload))());
    if (index === Math.floor(count / 3)) await killInMidSave(stage, 0);
    if (index === Math.floor((count * 2) / 3)) await killInMidSave(stage, 1);
  }
  const outcomes = (await Promise.all(ends)).map(({ value, failedReason }) =>
    String(value?.outcome ?? failedReason),
  );
  const bad = outcomes.filter((outcome) => !GOOD.includes(outcome));
  same(`burst of ${count}, both processes killed in mid-save: each has its order`, bad, []);
  const adopted = outcomes.filter((outcome) => outcome === 'adopted').length;
  check(`${adopted} of them were adopted: a killed process's order was found again`, adopted > 0);
};
