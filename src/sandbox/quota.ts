import type { SandboxBehaviour } from './behaviour.ts';

export type Quota = {
  /** Count one request, whatever it asks for. */
  count(): 'allowed' | 'too_fast' | 'blocked';
  /** "Limit exceeded by N. Request is blocked. Quarantine ends at …" */
  refusal(): string;
  /** Quota headers of every answer. */
  headers(): Record<string, string>;
  quarantine(ms: number): void;
  reset(): void;
};

const stamp = (at: number) => new Date(at).toISOString();

const resetForms: Record<SandboxBehaviour['quotaReset'], (at: number, now: number) => string> = {
  iso: (at) => stamp(at),
  seconds: (at, now) => String(Math.ceil((at - now) / 1_000)),
  epoch: (at) => String(Math.ceil(at / 1_000)),
};

/** All companies share one quota, as all callers behind one IP address do. */
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

  const over = () => used - behaviour().requestsPerHour;
  const blockedUntil = () => Math.max(over() > 0 ? windowEndsAt : 0, quarantinedUntil);

  return {
    count() {
      const now = clock();
      if (now >= windowEndsAt) {
        windowEndsAt = now + behaviour().quotaWindowMs;
        used = 0;
      }
      used += 1;
      recent = recent.filter((at) => at > now - 1_000);
      recent.push(now);
      if (blockedUntil() > now) return 'blocked';
      return recent.length > behaviour().requestsPerSecond ? 'too_fast' : 'allowed';
    },
    refusal: () =>
      `Limit exceeded by ${Math.max(over(), 1)}. Request is blocked. Quarantine ends at ${stamp(blockedUntil())}`,
    headers() {
      const { quotaHeaders, quotaReset } = behaviour();
      if (quotaHeaders === 'none') return {};
      const remaining = String(blockedUntil() > clock() ? 0 : Math.max(-over(), 0));
      const reset = resetForms[quotaReset](Math.max(windowEndsAt, quarantinedUntil), clock());
      return quotaHeaders === 'api_limit'
        ? { APILimitRemaining: remaining, APILimitReset: reset }
        : { 'X-RateLimit-Remaining': remaining, 'X-RateLimit-Reset': reset };
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
