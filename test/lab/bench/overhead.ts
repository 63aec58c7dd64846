/** Our own share of the time from click to recorded order id, while nothing else happens. */
import { performance } from 'node:perf_hooks';
import { usageOf } from './children.ts';
import { soapShare } from './cpu-profile.ts';
import { invoiceFor } from './invoices.ts';
import { plainWritesMs, type RedisUse, watchCommands } from './redis-writes.ts';
import { replay } from './replay.ts';
import { median, type TopicReport } from './report.ts';
import type { SeenRequest } from './requests-seen.ts';
import { inWorld, type World } from './world.ts';

const INVOICES = 60;
const WARM_UP = 20;

export async function measureOverhead(): Promise<TopicReport> {
  return inWorld({ behaviour: { keepBodies: true } }, async (world) => {
    const { shopId } = await world.connectShop();
    const transferOne = () => clickToOrderMs(world, shopId);
    for (let index = 0; index < WARM_UP; index += 1) await transferOne();
    const use = await redisUseOf(world, transferOne);

    const clicks: number[] = [];
    const plain: number[] = [];
    let cpuMs = 0;
    const requests = await world.requestsOf(async () => {
      const before = await usageOf(world.workers);
      for (let index = 0; index < INVOICES; index += 1) {
        clicks.push(await transferOne());
        // In turns, so that other load on this machine affects both.
        plain.push(await plainWritesMs(world.store.redis, use.writes));
      }
      cpuMs = (await usageOf(world.workers)).cpuMs - before.cpuMs;
    });
    const bare = await bareRoundTrips(world, requests);
    const profiled = await world.profileOf(async () => {
      for (let index = 0; index < INVOICES; index += 1) await transferOne();
    });

    const clickMs = median(clicks);
    return {
      topic: 'overhead',
      conditions: `median of ${INVOICES} invoices of a returning customer, one at a time; each Redis write synced`,
      rows: [
        { what: 'click to order id in the event stream', measured: clickMs, unit: 'ms' },
        { what: 'of it the bare SOAP round trips', measured: bare, unit: 'ms' },
        {
          what: 'our own overhead',
          measured: clickMs - bare,
          unit: 'ms',
          beside: { what: `ms: ${use.writes} plain synced writes`, measured: median(plain) },
        },
        { what: 'Redis commands until the order id', measured: use.commands, unit: '' },
        { what: 'of them synced writes', measured: use.writes, unit: '' },
        { what: 'worker CPU per invoice, one at a time', measured: cpuMs / INVOICES, unit: 'ms' },
        soapShare(profiled),
      ],
      notes: [
        'bare: the recorded requests sent again, without building or parsing SOAP, which counts as ours',
        'no aim is set for the overhead; its ratio to the writes it cannot do without is what to watch',
      ],
    };
  });
}

async function clickToOrderMs({ producer, ends }: World, shopId: string): Promise<number> {
  const invoice = invoiceFor(shopId, 'company', 1);
  const clicked = performance.now();
  await producer.sendInvoice(invoice);
  const [end] = await ends.of([invoice.requestId], 'transfer.completed');
  return (end?.atMs ?? Number.NaN) - clicked;
}

/** The median of a few, so that an occasional lock renewal does not count. */
async function redisUseOf(world: World, transferOne: () => Promise<number>): Promise<RedisUse> {
  const uses: RedisUse[] = [];
  for (let run = 0; run < 5; run += 1) {
    const watch = await watchCommands(world.redis.url);
    await transferOne();
    uses.push(await watch.stop(/xadd \S*:events /i));
  }
  return {
    commands: median(uses.map(({ commands }) => commands)),
    writes: median(uses.map(({ writes }) => writes)),
  };
}

/** Sum of the median times of one invoice's requests. */
async function bareRoundTrips({ sandboxUrl }: World, requests: SeenRequest[]): Promise<number> {
  const times = await replay(sandboxUrl, requests);
  const byName = new Map<string, number[]>();
  requests.forEach(({ name }, index) => {
    byName.set(name, [...(byName.get(name) ?? []), times[index] ?? 0]);
  });
  return [...byName.values()].reduce((sum, each) => sum + (each.length / INVOICES) * median(each), 0);
}
