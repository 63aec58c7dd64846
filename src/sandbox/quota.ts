import type { SandboxBehaviour } from './behaviour.ts';

export type QuotaVerdict = {
  verdict: 'allowed' | 'too_fast' | 'blocked';
  /** Set where blocked: "Limit exceeded by N. Request is blocked. Quarantine ends at …". */
  message: string;
  headers: Record<string, string>;
};

export type Quota = {
  /** Count one request, whatever it asks for. */
  count(): QuotaVerdict;
  quarantine(ms: number): void;
  reset(): void;
};

/** All companies together share one budget, as behind one IP address. */
export function createQuota({
  behaviour,
  clock,
}: {
  behaviour: () => SandboxBehaviour;
  clock: () => number;
}): Quota {
  let windowEndsAt = 0;
  let used = 0;
  let quarantinedUntil = 0;
  let recent: number[] = [];

  const stamp = (at: number) => new Date(at).toISOString();

  return {
    count() {
      const now = clock();
      const { requestsPerHour, requestsPerSecond, quotaWindowMs } = behaviour();
      if (now >= windowEndsAt) {
        windowEndsAt = now + quotaWindowMs;
        used = 0;
      }
      used += 1;
      recent = recent.filter((at) => at > now - 1_000);
      recent.push(now);
      const over = used - requestsPerHour;
      const blockedUntil = Math.max(over > 0 ? windowEndsAt : 0, quarantinedUntil);
      const headers = {
        APILimitRemaining: String(blockedUntil > now ? 0 : -over),
        APILimitReset: stamp(Math.max(windowEndsAt, quarantinedUntil)),
      };
      if (blockedUntil > now) {
        const message = `Limit exceeded by ${Math.max(over, 1)}. Request is blocked. Quarantine ends at ${stamp(blockedUntil)}`;
        return { verdict: 'blocked', message, headers };
      }
      const verdict = recent.length > requestsPerSecond ? 'too_fast' : 'allowed';
      return { verdict, message: 'Too Many Requests', headers };
    },
    quarantine(ms) {
      quarantinedUntil = clock() + ms;
    },
    reset() {
      windowEndsAt = 0;
      quarantinedUntil = 0;
      recent = [];
    },
  };
}
