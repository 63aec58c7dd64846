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
  /** HTTP 200 without a fault. Single members may still carry an APIException. */
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

const maxEntries = 200_000;

/** Keeps the newest entries. The counts include the dropped ones. */
export function createRequestLog(): RequestLog {
  let entries: RequestLogEntry[] = [];
  let counts: Record<string, number> = {};
  return {
    add(entry) {
      if (entries.length >= maxEntries) entries = entries.slice(maxEntries / 2);
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
