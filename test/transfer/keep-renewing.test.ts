import { expect, test } from 'vitest';
import { StaleClaim } from '../../src/errors.ts';
import { keepRenewing } from '../../src/transfer/keep-renewing.ts';
import { aManualClock } from '../support/fake-clock.ts';
import { DEFAULT_TIMING } from '../support/memory-store.ts';
import { aLogger } from './worker.ts';

const { leaseMs } = DEFAULT_TIMING;

/** Renews by a script: each answer is one renewal, and once it is used up all succeed. */
function aRenewing(...answers: (Error | undefined)[]) {
  const clock = aManualClock();
  let count = 0;
  const renew = async () => {
    const answer = answers[count];
    count += 1;
    if (answer !== undefined) throw answer;
  };
  const stop = keepRenewing({ clock, timing: DEFAULT_TIMING }, renew, aLogger([]));
  return { clock, stop, renewals: () => count };
}

test('a renewal that fails is followed by the next: the lease may still be held', async () => {
  const { clock, stop, renewals } = aRenewing(new Error('connection lost'), new Error('again'));
  await clock.pass(2 * leaseMs);
  expect(renewals()).toBe(6);
  stop();
});

test('a lease that is lost is not asked for any more', async () => {
  const { clock, renewals } = aRenewing(undefined, new StaleClaim(0));
  await clock.pass(2 * leaseMs);
  expect(renewals()).toBe(2);
  expect(clock.sleepers()).toBe(0);
});

test('stopped, it renews no more', async () => {
  const { clock, stop, renewals } = aRenewing();
  await clock.pass(leaseMs / 3);
  stop();
  await clock.pass(2 * leaseMs);
  expect(renewals()).toBe(1);
});
