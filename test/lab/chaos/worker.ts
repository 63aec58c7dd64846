/** A worker process as `npm start` runs it. It kills or suspends itself where the harness says. */
import { mkdirSync } from 'node:fs';
import process from 'node:process';
import { systemClock } from '../../../src/clock.ts';
import { loadConfig } from '../../../src/config.ts';
import type { Logger } from '../../../src/logger.ts';
import { startApp } from '../../../workers/app.ts';
import type { Order, Said } from './orders.ts';
import { watchBooks, watchStore } from './watch.ts';

const send = (said: Said) => process.send?.(said);

/** By token, because two orders may name one point. */
const armed = new Map<string, Order & { do: 'arm' }>();
let skewMs = 0;
const machineNow = Date.now;
// The machine's clock jumps, so it jumps for BullMQ as well.
Date.now = () => machineNow() + skewMs;

function at(point: string): void {
  for (const order of [...armed.values()].filter((each) => each.point === point)) {
    armed.delete(order.token);
    if (takes(order.token)) process.kill(process.pid, order.signal);
  }
}

/** Only the first process at the point takes the token. It does so before its signal, so that the harness knows. */
function takes(token: string): boolean {
  try {
    mkdirSync(token);
    return true;
  } catch {
    return false;
  }
}

process.on('message', (order: Order) => {
  if (order.do === 'arm') armed.set(order.token, order);
  else if (order.do === 'disarm') armed.delete(order.token);
  else skewMs = order.ms;
});
process.on('disconnect', () => process.exit(1));
process.on('unhandledRejection', (error) => {
  send({ said: 'bug', message: 'unhandled rejection', error: String(error) });
  process.exit(1);
});

/** Passes on the log lines that the harness counts. */
function counting(): Logger {
  const tell = (fields: object, message: string) => {
    const { code, err } = fields as { code?: string; err?: unknown };
    if (code !== undefined) send({ said: 'code', message, code });
    else if (message.includes('bug')) {
      send({ said: 'bug', message, error: err instanceof Error ? (err.stack ?? err.message) : String(err) });
    }
  };
  const quiet = () => undefined;
  const logger: Logger = { debug: quiet, info: tell, warn: tell, error: tell, child: () => logger };
  return logger;
}

const app = await startApp(loadConfig(), {
  clock: systemClock,
  logger: counting(),
  sweepEveryMs: 3_000,
  probeIntervals: { firstMs: 300, longestMs: 2_000 },
  ports: { store: (store) => watchStore(store, at), booksOf: (booksOf) => watchBooks(booksOf, at) },
});
process.on('SIGTERM', () => void app.stop().then(() => process.exit(0)));
await app.working;
send({ said: 'working' });
