/**
 * `npm run dev`, for developers of this repository: a throwaway Redis, the sandbox, the demo's two shops, and
 * a worker process that restarts when one of its files changes. Its log comes in readable lines.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { build as prettyLog } from 'pino-pretty';
import { createLogger } from '../logger.ts';
import { createProducer } from '../producer.ts';
import { aborted, createTeardown, watchInterruption } from './ending.ts';
import { SAMPLE_INVOICES } from './samples.ts';
import { connectShops } from './story.ts';
import { type DemoSystem, OPS_LOGIN, startSystem } from './system.ts';
import { freePort } from './throwaway-redis.ts';

const say = (line = '') => void process.stdout.write(`${line}\n`);

const WORKER = ['--watch', '--watch-preserve-output', '--import', 'tsx', 'workers/main.ts'];

function startWorker(env: NodeJS.ProcessEnv): ChildProcess {
  const worker = spawn(process.execPath, WORKER, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const readable = prettyLog({
    ignore: 'pid,hostname',
    translateTime: 'HH:MM:ss.l',
    singleLine: true,
    sync: true,
  });
  worker.stdout?.pipe(readable);
  return worker;
}

async function stopWorker(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  worker.kill('SIGTERM');
  await once(worker, 'exit');
}

async function sendSamples({ redisUrl, config }: DemoSystem): Promise<void> {
  const producer = createProducer({ connection: redisUrl, prefix: config.prefix });
  for (const { input } of SAMPLE_INVOICES) {
    await producer.sendInvoice({ ...input, requestId: `sample-${input.invoice.id}` });
  }
  await producer.close();
  say(`${SAMPLE_INVOICES.length} sample invoices were added`);
}

const { values } = parseArgs({ options: { samples: { type: 'boolean' } } });
const signal = watchInterruption();
const teardown = createTeardown();
try {
  const system = await startSystem({ teardown, logger: createLogger({ level: 'silent' }), signal });
  await connectShops(system, say);
  const port = await freePort();
  const worker = startWorker({ ...system.env, OPS_PORT: String(port) });
  teardown.add('worker', () => stopWorker(worker));
  say(`Redis ${system.redisUrl}, sandbox ${system.sandbox.url}`);
  say(`pages http://127.0.0.1:${port}/invoices, login ${OPS_LOGIN.username}, password ${OPS_LOGIN.password}`);
  if (values.samples === true) await sendSamples(system);
  await aborted(signal);
} finally {
  const left = await teardown.run();
  for (const part of left) process.stderr.write(`${part} did not stop in time\n`);
}
process.exit(0);
