import { expect, it } from 'vitest';
import { createGates, type GateLane } from '../../../src/twentyfourseven/dispatch/gates.ts';
import { aManualClock } from '../../support/fake-clock.ts';

type Named = GateLane & { name: string };

const laneOf = (name: string, waiting: number, effect: 'read' | 'create' = 'read'): Named => ({
  name,
  operation: { effect },
  queue: { length: waiting },
  inFlight: 0,
});

/** Lanes of one company; each that is let through stays so until the test lets it leave. */
function start() {
  const clock = aManualClock();
  const gates = createGates({ clock });
  const order: string[] = [];
  const leaving: (() => void)[] = [];
  async function enter(lane: Named, company = 'fjord'): Promise<void> {
    gates.add(company, lane);
    leaving.push(await gates.enter(company, lane));
    order.push(lane.name);
  }
  return {
    order,
    enter: (lane: Named, company?: string) => void enter(lane, company),
    /** The request of the one that has been let through longest ends. */
    async leave(): Promise<void> {
      await clock.pass(0);
      leaving.shift()?.();
      await clock.pass(1_000);
    },
    quiet: () => clock.pass(0),
  };
}

it('a few calls of a company go at once, each with its own request', async () => {
  const { order, enter, quiet } = start();
  enter(laneOf('look', 1));
  enter(laneOf('customer', 1));
  enter(laneOf('order', 1, 'create'));
  await quiet();
  expect(order).toEqual(['look', 'customer', 'order']);
});

it('of a crowd one request is on the way, and the fullest is next', async () => {
  const { order, enter, leave, quiet } = start();
  enter(laneOf('look', 50));
  enter(laneOf('customer', 3));
  enter(laneOf('read-back', 40));
  await quiet();
  expect(order).toEqual(['look']);
  await leave();
  expect(order).toEqual(['look', 'read-back']);
  await leave();
  expect(order).toEqual(['look', 'read-back', 'customer']);
});

it('a save goes before reads of as many, so that all are at the same step again', async () => {
  const { order, enter, leave } = start();
  enter(laneOf('look', 50));
  enter(laneOf('read-back', 50));
  enter(laneOf('order', 26, 'create'));
  await leave();
  expect(order).toEqual(['look', 'order']);
});

it('the lane whose request has ended takes part in the choice of the next', async () => {
  const { order, enter, leave } = start();
  const saves = laneOf('order', 60, 'create');
  enter(saves);
  enter(laneOf('read-back', 20));
  await leave();
  expect(order).toEqual(['order', 'read-back']);

  const again = start();
  again.enter(saves);
  again.enter(laneOf('read-back', 20));
  await again.quiet();
  const left = again.leave();
  again.enter(saves);
  await left;
  expect(again.order).toEqual(['order', 'order']);
});

it('a lane that fuller ones were preferred to eight times is next', async () => {
  const { order, enter, leave } = start();
  enter(laneOf('look', 50));
  enter(laneOf('status', 1));
  for (let turn = 0; turn < 9; turn += 1) {
    enter(laneOf('look', 50));
    await leave();
  }
  expect(order.indexOf('status')).toBe(9);
});

it('when the crowd is gone, those that are left go at once', async () => {
  const { order, enter, leave } = start();
  const crowd = laneOf('look', 50);
  enter(crowd);
  enter(laneOf('customer', 2));
  enter(laneOf('read-back', 1));
  crowd.queue.length = 0;
  await leave();
  expect(order).toEqual(['look', 'customer', 'read-back']);
});

it('calls on the wire count, and another company is not held up', async () => {
  const { order, enter, leave, quiet } = start();
  const look = laneOf('look', 0);
  look.inFlight = 100;
  enter(look);
  enter(laneOf('customer', 1));
  enter(laneOf('of another', 100), 'berg');
  await quiet();
  expect(order).toEqual(['look', 'of another']);
  await leave();
  expect(order).toEqual(['look', 'of another', 'customer']);
});
