/** `npm run demo`: starts everything, tells the story, and stops everything however it ends. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { EXIT_CONFIG } from '../config.ts';
import { createLogger } from '../logger.ts';
import {
  aborted,
  createTeardown,
  EXIT_INTERRUPTED,
  Interrupted,
  type Teardown,
  untilAborted,
  watchInterruption,
} from './ending.ts';
import { connectShops, tellStory, whatToTry } from './story.ts';
import { startSystem, startWorkers } from './system.ts';
import { NoRedis } from './throwaway-redis.ts';

const USAGE = `npm run demo            send sample invoices, show what became of them, stop everything
npm run demo -- --keep  leave everything running until Ctrl-C
npm run demo -- --log   also print the workers' log on standard error`;

const DONE = 'Nothing is left of it; npm run demo -- --keep leaves it running, with a board.';

/** Many times what the demo takes. Reached only if something hangs. */
const PATIENCE_MS = 120_000;

const say = (line = '') => void process.stdout.write(`${line}\n`);
const complain = (line: string) => void process.stderr.write(`${line}\n`);

interface Options {
  keep: boolean;
  log: boolean;
}

function readOptions(): Options | undefined {
  try {
    const { values } = parseArgs({ options: { keep: { type: 'boolean' }, log: { type: 'boolean' } } });
    return { keep: values.keep === true, log: values.log === true };
  } catch {
    return undefined;
  }
}

/** @returns the exit code. Registers with `teardown` what it starts */
async function play({ keep, log }: Options, teardown: Teardown): Promise<number> {
  const signal = watchInterruption();
  const destination = pino.destination({ fd: 2, sync: true });
  const logger = createLogger({ level: log ? 'info' : 'silent', destination });
  say('sharefox-24seven: from "Send invoice" to "paid", all of it on this machine');
  say();
  const system = await startSystem({ teardown, logger, signal });
  say(`Redis ${system.redisUrl} and a sandbox 24SevenOffice ${system.sandbox.url}`);
  await connectShops(system, say);
  signal.throwIfAborted();
  const opsUrl = await startWorkers(system, { teardown, logger });
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  const isAsPromised = await untilAborted(tellStory(system, teardown, say), patience);
  say();
  if (keep) {
    for (const line of whatToTry(system, opsUrl)) say(line);
    await aborted(signal);
  }
  return isAsPromised ? 0 : 1;
}

async function runDemo(options: Options): Promise<number> {
  const teardown = createTeardown();
  const code = await play(options, teardown).catch(report);
  const unstopped = await teardown.run();
  for (const part of unstopped) complain(`${part} did not stop in time`);
  if (unstopped.length > 0) return code || 1;
  if (code === EXIT_INTERRUPTED || options.keep) say('Stopped; nothing is left of it.');
  else if (code === 0) say(DONE);
  return code;
}

/** Prints one line for people. @returns the exit code that goes with it */
function report(error: unknown): number {
  if (error instanceof Interrupted) return EXIT_INTERRUPTED;
  const isTimeout = error instanceof Error && error.name === 'TimeoutError';
  const reason = isTimeout ? `not done after ${PATIENCE_MS / 1000} s` : String(error);
  complain(error instanceof NoRedis ? error.message : `The demo failed: ${reason} (-- --log shows the log)`);
  return error instanceof NoRedis ? EXIT_CONFIG : 1;
}

const options = readOptions();
if (options === undefined) complain(USAGE);
const exitCode = options === undefined ? 2 : await runDemo(options);
// Flush the output, then exit: a handle that is still open would keep the process alive.
process.stdout.write('', () => process.exit(exitCode));
