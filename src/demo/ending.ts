/**
 * How the demo ends: all that was started is stopped in reverse order. Also after Ctrl-C, when the terminal
 * closes, and when nobody reads the output any more.
 */
import process from 'node:process';
import { within } from '../clock.ts';

export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/** 128 + SIGINT, as a shell reports a process that Ctrl-C ended. */
export const EXIT_INTERRUPTED = 130;

/** npm may pass on one Ctrl-C more than once. Only after a second is it a person who pressed it again. */
const SAME_INTERRUPTION_MS = 1_000;

/** Aborts with Interrupted. A second interruption ends the process at once. */
export function watchInterruption(): AbortSignal {
  const controller = new AbortController();
  let since: number | undefined;
  const interrupt = () => {
    since ??= performance.now();
    if (performance.now() - since > SAME_INTERRUPTION_MS) process.exit(EXIT_INTERRUPTED);
    controller.abort(new Interrupted());
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  // `npm run demo | head`: the reader is gone.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => controller.abort(new Interrupted()));
  }
  return controller.signal;
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Settles as `work` does, or rejects with the signal's reason if that comes first. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // If the signal comes first, a later failure of `work` must not be an unhandled rejection.
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

/** Far longer than a healthy part takes to stop. */
const PART_DEADLINE_MS = 5_000;

export interface Teardown {
  add(part: string, stop: () => Promise<void>): void;
  /** Never rejects. Returns the parts that did not stop, or not in time. */
  run(): Promise<string[]>;
}

const stops = (stop: () => Promise<void>, deadlineMs: number): Promise<boolean> =>
  within(
    deadlineMs,
    stop().then(
      () => true,
      () => false,
    ),
    false,
  );

export function createTeardown(deadlineMs = PART_DEADLINE_MS): Teardown {
  const parts: { part: string; stop: () => Promise<void> }[] = [];
  return {
    add: (part, stop) => parts.push({ part, stop }),
    async run() {
      const left: string[] = [];
      for (const { part, stop } of parts.splice(0).reverse()) {
        if (!(await stops(stop, deadlineMs))) left.push(part);
      }
      return left;
    },
  };
}
