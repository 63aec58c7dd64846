/** A BullMQ worker that does nothing: what the queue alone costs. */
import process from 'node:process';
import { Worker } from 'bullmq';
import { answerUsage, sayReady } from './child.ts';

answerUsage();
const { BENCH_REDIS_URL: url = '', BENCH_PREFIX: prefix = '', BENCH_QUEUE: queue = '' } = process.env;
const worker = new Worker(queue, async () => ({}), { connection: { url }, prefix, concurrency: 100 });
process.once('SIGTERM', () => {
  void worker.close().then(() => process.exit(0));
});
await worker.waitUntilReady();
sayReady();
