import { expect, test } from 'vitest';
import { createTeardown, Interrupted, untilAborted } from '../../src/demo/ending.ts';

test('what was started last is stopped first, and a part that fails to stop does not keep others running', async () => {
  const teardown = createTeardown();
  const stopped: string[] = [];
  teardown.add('Redis', async () => void stopped.push('Redis'));
  teardown.add('workers', async () => {
    throw new Error('no');
  });
  teardown.add('queue', async () => void stopped.push('queue'));
  expect(await teardown.run()).toEqual(['workers']);
  expect(stopped).toEqual(['queue', 'Redis']);
});

test('a part that never stops is given up at the deadline, and reported', async () => {
  const teardown = createTeardown(1);
  let isStopped = false;
  teardown.add('Redis', async () => {
    isStopped = true;
  });
  teardown.add('workers', () => new Promise(() => undefined));
  expect(await teardown.run()).toEqual(['workers']);
  expect(isStopped).toBe(true);
});

test('work that is interrupted rejects with the interruption; finished work keeps its result', async () => {
  const controller = new AbortController();
  expect(await untilAborted(Promise.resolve(1), controller.signal)).toBe(1);
  const overtaken = untilAborted(new Promise(() => undefined), controller.signal);
  controller.abort(new Interrupted());
  await expect(overtaken).rejects.toBeInstanceOf(Interrupted);
  await expect(untilAborted(Promise.resolve(1), controller.signal)).rejects.toBeInstanceOf(Interrupted);
});
