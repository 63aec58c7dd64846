import { expect, test } from 'vitest';
import { createLogger } from '../../src/logger.ts';
import { startWatchdog, type Watched } from '../../workers/watchdog.ts';
import { aManualClock } from '../support/fake-clock.ts';

const MINUTE_MS = 60_000;

/** @returns the queues it called stuck within `minutes` */
async function watchFor(minutes: number, one: Partial<Watched> & { activeAtEnd?: boolean }) {
  const clock = aManualClock();
  const stuck: string[] = [];
  const dog = startWatchdog({
    watched: [
      {
        name: 'invoice-transfer',
        waiting: async () => 3,
        running: () => 0,
        activeAt: () => 0,
        ...one,
        ...(one.activeAtEnd === true && { activeAt: () => clock.monotonic() - 1_000 }),
      },
    ],
    clock,
    logger: createLogger({ level: 'silent' }),
    onStuck: (queue) => stuck.push(queue),
  });
  await clock.pass(minutes * MINUTE_MS);
  dog.stop();
  return stuck;
}

test('a worker that has taken nothing for five minutes while jobs waited ends the process', async () => {
  expect(await watchFor(4, {})).toEqual([]);
  expect(await watchFor(6, {})).toEqual(['invoice-transfer']);
});

test.each<[string, Parameters<typeof watchFor>[1]]>([
  ['has nothing to do', { waiting: async () => 0 }],
  ['is at work', { running: () => 2 }],
  ['took a job a second ago', { activeAtEnd: true }],
  ['cannot ask Redis', { waiting: () => Promise.reject(new Error('away')) }],
])('a worker that %s is left alone', async (_why, one) => {
  expect(await watchFor(20, one)).toEqual([]);
});
