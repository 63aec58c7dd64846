/** Ctrl-C, a closed terminal, a reader that went away: the demo ends early and still cleans up. */
import process from 'node:process';

export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/** As a shell reports a process that Ctrl-C ended. */
export const EXIT_INTERRUPTED = 130;

/** Aborts with Interrupted. */
export function watchInterruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Interrupted());
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  // `npm run demo | head`: what cannot be written any more is no error of ours.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', interrupt);
  return controller.signal;
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The promise's own end, or the signal's reason if that comes first. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // Whoever loses the race must not be an unhandled rejection.
  work.catch(() => undefined);
  signal.throwIfAborted();
  let giveUp: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (giveUp !== undefined) signal.removeEventListener('abort', giveUp);
  }
}
