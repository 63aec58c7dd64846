/** Whatever breaks, at whatever step: one order, one of each entity, one end. */
import { expect, test } from 'vitest';
import { anInvoiceJob } from '../support/builders.ts';
import { type Crossing, resultOf } from './worker.ts';
import { aWorld, settleMs, type World } from './world.ts';

/** Every command to store, intents and books that a first transfer gives, in order. */
async function commandsOfAFirstTransfer(): Promise<string[]> {
  const world = await aWorld();
  const commands: string[] = [];
  const worker = world.another({
    crossing: (command, when) => {
      if (when === 'before') commands.push(command);
    },
  });
  resultOf(await worker.run(anInvoiceJob()));
  return commands;
}

/** Do something at the n-th command, once. */
function atCommand(n: number, when: 'before' | 'after', act: () => void | Promise<void>): Crossing {
  let count = 0;
  return async (_command, at) => {
    if (at === 'before') count += 1;
    if (count !== n || at !== when) return;
    count += 1;
    await act();
  };
}

async function expectOneOrder(world: World): Promise<void> {
  const { company } = world;
  const record = await world.record();
  expect(record.state).toBe('transferred');
  expect(company.orders.map(({ orderId }) => orderId)).toEqual([record.orderId]);
  expect([company.customers.length, company.products.length, company.categories.length]).toEqual([1, 1, 1]);
  expect(world.events()).toEqual(['transfer.completed']);
}

const commands = await commandsOfAFirstTransfer();
const boundaries = commands.flatMap((command, index) =>
  (['before', 'after'] as const).map((when) => [`${when} ${command}`, index + 1, when] as const),
);

test('a first transfer gives enough commands for this to mean something', () => {
  expect(commands.length).toBeGreaterThan(25);
  expect(commands).toEqual(expect.arrayContaining(['books.createOrder', 'intents.write', 'records.end']));
});

test.each(boundaries)(
  'a process killed %s (command %i) leaves one order for the next to finish',
  async (_, n, when) => {
    for (const visibleAfterMs of [0, settleMs - 5_001]) {
      const world = await aWorld();
      world.company.visibleAfterMs = visibleAfterMs;
      const killed = world.another({ crossing: atCommand(n, when, () => killed.kill()) });
      void killed.start(anInvoiceJob());
      await world.clock.pass(1_000);
      await world.worker.finish(anInvoiceJob());
      await expectOneOrder(world);
    }
  },
);

test.each(boundaries)('a command that breaks %s (command %i) costs at most time', async (_, n, when) => {
  for (const visibleAfterMs of [0, settleMs - 5_001]) {
    const world = await aWorld();
    world.company.visibleAfterMs = visibleAfterMs;
    const worker = world.another({
      crossing: atCommand(n, when, () => {
        throw new Error('the connection to Redis was lost');
      }),
    });
    await finishAnyway(world, worker);
    await expectOneOrder(world);
  }
});

/** As BullMQ would: a run that breaks otherwise than by a failure is run again. */
async function finishAnyway(world: World, worker: World['worker']): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    try {
      await worker.finish(anInvoiceJob());
      return;
    } catch {
      await world.clock.pass(2_000);
    }
  }
}
