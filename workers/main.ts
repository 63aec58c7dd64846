/** The worker process: `npm start`. */
import process from 'node:process';
import { systemClock } from '../src/clock.ts';
import { EXIT_CONFIG, exitOnConfigProblem, loadConfig } from '../src/config.ts';
import { createLogger } from '../src/logger.ts';
import { type App, startApp, VolatileRedis } from './app.ts';

const config = await exitOnConfigProblem(() => loadConfig());
const logger = createLogger({ level: config.logLevel });

process.on('unhandledRejection', (err) => {
  logger.error({ err }, 'unhandled rejection');
  process.exit(1);
});

let app: App | undefined;
let isStopping = false;
async function stop(exitCode: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  await app?.stop();
  process.exit(exitCode);
}
process.on('SIGTERM', () => void stop(0));
process.on('SIGINT', () => void stop(0));

app = await exitOnConfigProblem(() =>
  startApp(config, { clock: systemClock, logger, onStuck: () => process.exit(1) }),
);
try {
  await app.working;
} catch (error) {
  const problems = problemsOf(error);
  if (problems === undefined) throw error;
  process.stderr.write(`${problems.join('\n')}\n`);
  await stop(EXIT_CONFIG);
}

/** Undefined where it is not the configuration's. */
function problemsOf(error: unknown): string[] | undefined {
  if (error instanceof VolatileRedis) {
    const remedy =
      'Redis may forget what it acknowledged; set it right, or ALLOW_VOLATILE_REDIS=1 for demo and tests';
    return [...error.problems, remedy];
  }
  const { message } = error as Error;
  return /^(WRONGPASS|NOAUTH|NOPERM)\b/.test(message)
    ? [`REDIS_URL holds a login that Redis refuses: ${message}`]
    : undefined;
}
