export type RequestLogEntry = {
  /** Arrival, ms. */
  at: number;
  durationMs: number;
  operation: string;
  /** The session's company when the call arrived; null without a session. */
  clientId: number | null;
  sessionId: string | null;
  /** HTTP status; null where no answer was sent. */
  status: number | null;
  /** Answered HTTP 200; says nothing on each member's APIException. */
  ok: boolean;
  /** The kind of injected fault that struck, if one did. */
  fault: string | null;
  /** Only with `keepBodies`. */
  body?: string;
};

export type RequestLog = {
  add(entry: RequestLogEntry): void;
  entries(): RequestLogEntry[];
  counts(): Record<string, number>;
  resetCounts(): void;
};

const longest = 200_000;

/** The newest entries; counts go on beyond what is kept. */
export function createRequestLog(): RequestLog {
  let entries: RequestLogEntry[] = [];
  let counts: Record<string, number> = {};
  return {
    add(entry) {
      if (entries.length >= longest) entries = entries.slice(longest / 2);
      entries.push(entry);
      counts[entry.operation] = (counts[entry.operation] ?? 0) + 1;
    },
    entries: () => [...entries],
    counts: () => ({ ...counts }),
    resetCounts() {
      counts = {};
    },
  };
}
