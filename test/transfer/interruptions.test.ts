/** Whatever breaks, at whatever command: one order, one of each entity, one end. */
import { describe, expect, test } from 'vitest';
import type { InvoiceTransferJob } from '../../src/contract/jobs.ts';
import { anInvoiceJob } from '../support/builders.ts';
import { DEFAULT_TIMING } from '../support/memory-store.ts';
import { type Crossing, resultOf, type Worker } from './worker.ts';
import { anEditedJob, aWorld, settleMs, type World } from './world.ts';

interface Scenario {
  name: string;
  job: InvoiceTransferJob;
  prepare(): Promise<World>;
  events: string[];
  grossTotal: string;
}

/** Leases short, so that those who wait for a killed worker's ask not so often. */
const timing = { ...DEFAULT_TIMING, leaseMs: 5_000 };

const first: Scenario = {
  name: 'a first transfer',
  job: anInvoiceJob(),
  prepare: () => aWorld({}, { timing }),
  events: ['transfer.completed'],
  grossTotal: '1518.7500',
};

const update: Scenario = {
  name: 'an update of the open order',
  job: anEditedJob('request-2', 4),
  async prepare() {
    const world = await aWorld({ resend: 'update' }, { timing });
    resultOf(await world.worker.run(anInvoiceJob()));
    return world;
  },
  events: ['transfer.completed', 'transfer.completed'],
  grossTotal: '2025.0000',
};

/** Every command to store, intents and books that the scenario's job gives, in order. */
async function commandsOf({ job, prepare }: Scenario): Promise<string[]> {
  const world = await prepare();
  const commands: string[] = [];
  const worker = world.another({
    crossing: (command, when) => {
      if (when === 'before') commands.push(command);
    },
  });
  resultOf(await worker.run(job));
  return commands;
}

type When = 'before' | 'after';

/** Do something at the n-th command, once. */
function atCommand(n: number, when: When, act: () => void): Crossing {
  let count = 0;
  let isDone = false;
  return (_command, at) => {
    if (at === 'before') count += 1;
    if (isDone || count !== n || at !== when) return;
    isDone = true;
    act();
  };
}

async function expectOneOrder(world: World, { events, grossTotal }: Scenario, label: string): Promise<void> {
  const { company } = world;
  const record = await world.record();
  expect(record.state, label).toBe('transferred');
  expect(company.orders, label).toMatchObject([{ orderId: record.orderId, totalIncVat: grossTotal }]);
  expect(company.orders[0]?.rows, label).toHaveLength(1);
  const made = [company.customers.length, company.products.length, company.categories.length];
  expect(made, label).toEqual([1, 1, 1]);
  expect(world.events(), label).toEqual(events);
}

/** As BullMQ would: a run that breaks otherwise than by a failure is run again. */
async function finishAnyway(world: World, worker: Worker, job: InvoiceTransferJob): Promise<void> {
  try {
    await worker.finish(job);
  } catch {
    await world.clock.pass(2_000);
    await worker.finish(job);
  }
}

/** Each moment of a command, with what is saved visible at once and as late as we count on. */
const moments = (['before', 'after'] as const).flatMap((when) =>
  [0, settleMs - 5_001].map((visibleAfterMs) => ({ when, visibleAfterMs })),
);

for (const scenario of [first, update]) {
  const commands = await commandsOf(scenario);

  describe(`${scenario.name}, by command`, () => {
    test('there are enough for this to mean something', () => {
      expect(commands.length).toBeGreaterThan(15);
      expect(commands).toEqual(expect.arrayContaining(['intents.write', 'records.end']));
    });

    test.each(commands.map((command, index) => [index + 1, command] as const))(
      '%i %s: a process killed there leaves one order for the next to finish',
      async (n) => {
        for (const { when, visibleAfterMs } of moments) {
          const world = await scenario.prepare();
          world.company.visibleAfterMs = visibleAfterMs;
          const killed = world.another({ crossing: atCommand(n, when, () => killed.kill()) });
          void killed.start(scenario.job);
          await world.clock.pass(1_000);
          await world.worker.finish(scenario.job);
          await expectOneOrder(world, scenario, `${when}, visible after ${visibleAfterMs} ms`);
        }
      },
    );

    test.each(commands.map((command, index) => [index + 1, command] as const))(
      '%i %s: a connection that breaks there costs at most time',
      async (n) => {
        for (const { when, visibleAfterMs } of moments) {
          const world = await scenario.prepare();
          world.company.visibleAfterMs = visibleAfterMs;
          const worker = world.another({
            crossing: atCommand(n, when, () => {
              throw new Error('the connection to Redis was lost');
            }),
          });
          await finishAnyway(world, worker, scenario.job);
          await expectOneOrder(world, scenario, `${when}, visible after ${visibleAfterMs} ms`);
        }
      },
    );
  });
}
