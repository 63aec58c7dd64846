import type { Queue } from 'bullmq';
import { expect, test } from 'vitest';
import { addJob } from '../../src/queue/add-job.ts';

/** A count that starts at `before`. */
function counting(before: number) {
  let count = before;
  return {
    raise: async () => ++count,
    lower: async () => {
      count -= 1;
    },
    now: () => count,
  };
}

function queueThat(add: (options: Record<string, unknown>) => unknown) {
  const added: Record<string, unknown>[] = [];
  const queue = {
    name: 'invoice-transfer',
    async add(_name: string, _data: object, options: Record<string, unknown>) {
      added.push(options);
      return add(options);
    },
  };
  return { queue: queue as unknown as Queue, added };
}

const job = { shopId: 'shop.example', data: {} };

test('a job stands behind its shop’s other ones, and never before all others', async () => {
  const { queue, added } = queueThat(({ jobId }) => ({ id: jobId }));
  const drifted = counting(-3);
  expect(await addJob(queue, drifted, job, { jobId: 'a' })).toEqual({ jobId: 'a', added: true });
  await addJob(queue, counting(4), job);
  await addJob(queue, counting(9_999_999), job);
  expect(added.map(({ priority }) => priority)).toEqual([1, 5, 2_097_151]);
  expect(drifted.now()).toBe(-2);
});

test('an equal job under way is not counted twice', async () => {
  const { queue } = queueThat(() => ({ id: 'first' }));
  const counts = counting(1);
  expect(await addJob(queue, counts, job, { jobId: 'second' })).toEqual({ jobId: 'first', added: false });
  expect(counts.now()).toBe(1);
});

test('a job that Redis refused is not counted, and the refusal is what the caller hears', async () => {
  const { queue } = queueThat(() => Promise.reject(new Error('OOM')));
  const counts = counting(1);
  await expect(addJob(queue, counts, job)).rejects.toThrow('OOM');
  expect(counts.now()).toBe(1);
  const unlowered = { ...counts, lower: () => Promise.reject(new Error('away')) };
  await expect(addJob(queue, unlowered, job)).rejects.toThrow('OOM');
});
