import type { SandboxBehaviour } from './behaviour.ts';

export type Quota = {
  /** Count one request, whatever it asks for. */
  count(): 'allowed' | 'too_fast' | 'blocked';
  /** "Limit exceeded by N. Request is blocked. Quarantine ends at …" */
  refusal(): string;
  /** APILimitRemaining and APILimitReset, as every answer carries them. */
  headers(): Record<string, string>;
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
    headers: () => ({
      APILimitRemaining: String(blockedUntil() > clock() ? 0 : Math.max(-over(), 0)),
      APILimitReset: stamp(Math.max(windowEndsAt, quarantinedUntil)),
    }),
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
