export interface Clock {
  /** Wall clock, epoch milliseconds. */
  now(): number;
  /** Never goes back; stands still while the machine is suspended. Milliseconds. */
  monotonic(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * What `work` resolves to, or `late` where it is not over within `ms`. Its rejection passes through; what it
 * does later is nobody's concern any more.
 */
export async function within<T, L>(ms: number, work: Promise<T>, late: L): Promise<T | L> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<L>((resolve) => {
    timer = setTimeout(resolve, ms, late);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether `work` is over within `ms`, however it ended. */
export const isOverWithin = (ms: number, work: Promise<unknown> = Promise.resolve()): Promise<boolean> =>
  within(
    ms,
    work.then(
      () => true,
      () => true,
    ),
    false,
  );

/** The machine's own clock; everything else gets it passed in. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      if (signal?.aborted) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
    }),
};
