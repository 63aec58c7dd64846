/** What was started is stopped in reverse order, whatever happened in between. */

/** Longer than any part takes that is well. */
const PART_DEADLINE_MS = 5_000;

export interface Teardown {
  add(part: string, stop: () => Promise<void>): void;
  /** Never rejects. Returns the parts that failed to stop, or did not in time. */
  run(): Promise<string[]>;
}

async function stops(stop: () => Promise<void>, deadlineMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), deadlineMs);
  });
  const stopped = stop().then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([stopped, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

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
