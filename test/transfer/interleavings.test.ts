/**
 * Anything, in any order: two workers, three clicks, kills, pauses, a store emptied or restarted, calls that
 * fail before or after they took effect. As long as an order shows within the settle time, one order stands.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NotNow, OutcomeUnknown, Retryable, Terminal } from '../../src/errors.ts';
import type { Call, Gate, Moment } from '../support/fake-books.ts';
import { quiesce } from '../support/fake-clock.ts';
import type { Worker } from './worker.ts';
import { aClick, anEditedJob, aWorld, leaseMs, settleMs, type World } from './world.ts';

const JOBS = [aClick('request-1'), aClick('request-2'), anEditedJob('request-3', 4)];

const saves: Call[] = ['createOrder', 'updateOrder', 'createCustomer', 'createProduct', 'createCategory'];
const reads: Call[] = ['findOrdersByMark', 'findOrdersOfCustomer', 'getOrder', 'getCustomer', 'findProducts'];
const FAILURES: [name: string, error: () => Error, when: Moment][] = [
  ['no answer, lost', () => new OutcomeUnknown('order.unknown_outcome'), 'sent'],
  ['no answer, arrived', () => new OutcomeUnknown('order.unknown_outcome'), 'done'],
  ['refused', () => new Terminal('order.refused'), 'sent'],
  ['session lost', () => new Retryable('service.session_lost'), 'sent'],
  ['quota', () => new NotNow('service.quota', 0), 'asked'],
  ['a bug before', () => new Error('a bug'), 'asked'],
  ['a bug after', () => new Error('a bug'), 'done'],
];

/** A resend that was refused; and, in a store that was emptied, an order found that had another content. */
const PERSON_MAY_BE_ASKED = ['order.refused', 'order.totals_mismatch'];

type Action = { it: string } & ((play: Play) => void | Promise<void>);
interface Settings {
  resend: 'refuse' | 'update';
  afterUnknown: 'resend' | 'ask';
}
interface Play {
  settings: Settings;
  world: World;
  workers: Worker[];
  gates: Gate[];
}

const action = (it: string, act: (play: Play) => void | Promise<void>): Action =>
  Object.assign((play: Play) => act(play), { it, toString: () => it });

const actions: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.nat(1), fc.nat(2)).map(([w, j]) =>
      action(`worker ${w} starts job ${j}`, async ({ workers }) => {
        const job = JOBS[j];
        if (job !== undefined) void workers[w]?.start(job).catch(() => undefined);
        await quiesce();
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(50, 1_000, leaseMs + 1, settleMs, 2 * settleMs)
      .map((ms) => action(`${ms} ms pass`, ({ world }) => world.clock.pass(ms))),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...saves), fc.constantFrom(...FAILURES))
      .map(([call, [name, error, when]]) =>
        action(`${call}: ${name}`, ({ world }) => world.company.fail(call, error(), when)),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...reads)
      .map((call) =>
        action(`${call} fails`, ({ world }) =>
          world.company.fail(call, new Retryable('service.unavailable'), 'sent'),
        ),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...saves, ...reads), fc.constantFrom<Moment>('asked', 'done'))
      .map(([call, when]) =>
        action(`${call} is held (${when})`, ({ world, gates }) => {
          gates.push(world.company.hold(call, when));
        }),
      ),
  },
  {
    weight: 2,
    arbitrary: fc.constant(
      action('the oldest held call goes on', async ({ gates }) => {
        gates.shift()?.open();
        await quiesce();
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(1).map((w) =>
      action(`worker ${w} is killed`, ({ world, workers }) => {
        workers[w]?.kill();
        workers[w] = world.another({ maxAttempts: 50 });
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(action('suspended', ({ world }) => world.clock.suspend(leaseMs + 1))),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, settleMs - 5_001).map((ms) =>
      action(`what is saved shows after ${ms} ms`, ({ world }) => {
        world.company.visibleAfterMs = ms;
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      action('the store is emptied', async ({ world, settings }) => {
        world.store.wipe();
        await world.settings(settings);
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(action('the store is restarted', ({ world }) => world.store.restart())),
  },
);

const RUNS = Number(process.env.INTERLEAVINGS ?? 100);

const shops = fc.record({
  resend: fc.constantFrom('refuse' as const, 'update' as const),
  afterUnknown: fc.constantFrom('resend' as const, 'ask' as const),
});

test('one order stands, and record and events say so', { timeout: 60_000 + RUNS * 200 }, async () => {
  const scripts = fc.array(actions, { minLength: 4, maxLength: 16 });
  await fc.assert(
    fc.asyncProperty(scripts, shops, fc.boolean(), async (script, settings, searchesByMark) => {
      const world = await aWorld(settings);
      world.company.searchesByMark = searchesByMark;
      const workers = [world.another({ maxAttempts: 50 }), world.another({ maxAttempts: 50 })];
      const gates: Gate[] = [];
      for (const act of script) await act({ world, workers, gates, settings });

      world.company.heal();
      for (const gate of gates) gate.open();
      await quiesce();
      const last = world.another({ maxAttempts: 50 });
      for (const job of JOBS) await last.finish(job);
      await expectSound(world, settings);
    }),
    { numRuns: RUNS },
  );
});

async function expectSound(world: World, { resend, afterUnknown }: Settings): Promise<void> {
  const { company } = world;
  const record = await world.record();
  const standing = company.orders.map(({ orderId }) => orderId);
  expect(standing.length).toBeLessThanOrEqual(1);
  for (const made of [company.customers, company.products, company.categories]) {
    expect(made.length).toBeLessThanOrEqual(1);
  }
  const events = world.events();
  switch (record.state) {
    case 'transferred':
      expect(standing).toEqual([record.orderId]);
      expect(company.orders[0]?.rows).toHaveLength(1);
      expect(Number(company.orders[0]?.totalIncVat)).toBe(Number(record.result?.totals.posted));
      expect(events.at(-1)).toBe('transfer.completed');
      break;
    case 'rejected':
      expect(standing).toEqual([]);
      expect(events.at(-1)).toBe('transfer.rejected');
      break;
    default:
      expect(record.state).toBe('unresolved');
      if (afterUnknown === 'resend') expect(PERSON_MAY_BE_ASKED).toContain(record.code);
      expect(events.at(-1)).toBe('transfer.unresolved');
  }
  if (resend === 'refuse') {
    expect(events.filter((type) => type === 'transfer.completed').length).toBeLessThanOrEqual(1);
  }
}
