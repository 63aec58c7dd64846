/**
 * One circuit, as a pure state machine: open, probed at growing intervals by one request at a time,
 * closed by the first that succeeds. The state lies in the store, so that all processes see one circuit.
 */
import { z } from 'zod';

export interface CircuitTimes {
  /** From the opening to the first probe. */
  firstMs: number;
  /** The interval doubles up to this. */
  longestMs: number;
  /** A probe without an outcome is given up after this: its process has died. */
  probeMs: number;
}

/** Times in epoch milliseconds of the store's clock. */
const openCircuit = z.strictObject({
  openedAtMs: z.number(),
  /** The opening and every failed probe. */
  failures: z.number(),
  nextAtMs: z.number(),
  probe: z.strictObject({ id: z.string(), untilMs: z.number() }).optional(),
});
export type OpenCircuit = z.output<typeof openCircuit>;

/** Undefined where the circuit is closed, or what is kept cannot be read: then the next failure opens it anew. */
export function parseCircuit(text: string | undefined): OpenCircuit | undefined {
  if (text === undefined) return undefined;
  try {
    return openCircuit.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export const circuitText = (state: OpenCircuit): string => JSON.stringify(state);

/** A probe that is due but may not be made by this call; some other call will. */
const OTHERS_PROBE_MS = 1_000;

export function intervalMs(failures: number, { firstMs, longestMs }: CircuitTimes): number {
  return Math.min(firstMs * 2 ** Math.max(0, failures - 1), longestMs);
}

/** How long a request must wait; 0 where it may be the probe. */
export function waitOf(state: OpenCircuit, nowMs: number, mayProbe: boolean, times: CircuitTimes): number {
  if (state.nextAtMs > nowMs) return state.nextAtMs - nowMs;
  if (state.probe !== undefined && state.probe.untilMs > nowMs) return times.firstMs;
  return mayProbe ? 0 : Math.min(OTHERS_PROBE_MS, times.firstMs);
}

export function withProbe(state: OpenCircuit, id: string, nowMs: number, times: CircuitTimes): OpenCircuit {
  return { ...state, probe: { id, untilMs: nowMs + times.probeMs } };
}

/** A failure opens the circuit; on an open one only its probe's counts. */
export function afterFailure(
  state: OpenCircuit | undefined,
  probeId: string,
  nowMs: number,
  times: CircuitTimes,
): OpenCircuit {
  if (state === undefined) return { openedAtMs: nowMs, failures: 1, nextAtMs: nowMs + times.firstMs };
  if (state.probe?.id !== probeId) return state;
  const failures = state.failures + 1;
  const { openedAtMs } = state;
  return { openedAtMs, failures, nextAtMs: nowMs + intervalMs(failures, times) };
}

/** A probe that told nothing: not sent, so the next one may go at once, or sent, and then one interval later. */
export function afterNothing(
  state: OpenCircuit,
  probeId: string,
  wasSent: boolean,
  nowMs: number,
  times: CircuitTimes,
): OpenCircuit {
  if (state.probe?.id !== probeId) return state;
  const { probe: _, ...rest } = state;
  return wasSent ? { ...rest, nextAtMs: nowMs + intervalMs(state.failures, times) } : rest;
}
