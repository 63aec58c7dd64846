/** One open question put to the service: what it asks, what rests on it, and what may come of it. */
import type { Clock } from '../../clock.ts';
import type { Answer, ProbeWire } from './port.ts';

/** What was found, by the names of the sandbox's behaviours. Never a value of somebody's. */
export type Found = Record<string, unknown>;

export interface World {
  settleMs: number;
  requestsPerHour: number;
}

export interface Inquiry {
  id: string;
  /** Of the open questions in 24seven.md §14; a dash where the page asks it elsewhere. */
  section: string;
  question: string;
  /** What we decided without an answer, and where that decision is code. */
  decision: string;
  file: string;
  needsWrite?: boolean;
  /** By behaviour, whether the decision holds for what was found. */
  holds: Record<string, (value: unknown, world: World) => boolean>;
  ask(probe: Probe): Promise<Told>;
}

export interface Told {
  tried: string;
  came: string;
  found: Found;
}

export type Verdict = 'holds' | 'does not hold' | 'could not be told';

/** One line of the report. */
export interface Finding extends Told {
  id: string;
  verdict: Verdict;
  /** Asked with leave to write: a question that a read could not tell is asked again then. */
  write: boolean;
}

export interface Made {
  key: string;
  kind: 'customer' | 'product' | 'category' | 'order';
  id: number;
  /** As a person finds it. */
  name: string;
}

/** What is kept in the folder, so that a run goes on where the last one stopped. */
export interface ProbeState {
  version: 1;
  shopId: string;
  clientId: string;
  requests: number;
  findings: Finding[];
  made: Made[];
  /** Saves that were sent, by key, and when (epoch ms); a save without an answer is looked for first. */
  sent: Record<string, number>;
  facts: Found;
}

export interface Probe {
  wire: ProbeWire;
  clock: Clock;
  world: World;
  state: ProbeState;
  canWrite: boolean;
  identityId: string;
  keep(): Promise<void>;
  /** What several questions need, asked once a run. */
  once<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Told where a login moved another session: every save must then ask first where it stands. */
  onSessionsMove(): Promise<void>;
}

/** The question cannot be answered here; the reason is told. */
export class Untold extends Error {}

/** Nothing more can be asked for now; what was found is kept. */
export class Stopped extends Error {
  readonly found: Found;
  constructor(reason: string, found: Found = {}) {
    super(reason);
    this.found = found;
  }
}

/** The refusals behind which every further request would meet the same. */
export function stopAt(answer: Answer): void {
  if (answer.signal !== 'quota') return;
  const shape = answer.status === 429 ? 'http429' : answer.status === 500 ? 'fault500' : 'fault200';
  throw new Stopped('the quota is used up', { quotaAnswer: shape });
}

export const any = () => true;
export const oneOf =
  (...values: unknown[]) =>
  (value: unknown) =>
    values.includes(value);

/** @param found what the question itself tells of; others' findings are judged by theirs */
export function judge(inquiry: Inquiry, found: Found, world: World): Verdict {
  const told = Object.keys(inquiry.holds).filter((name) => found[name] !== undefined);
  if (told.length === 0) return 'could not be told';
  const holds = told.every((name) => inquiry.holds[name]?.(found[name], world) === true);
  return holds ? 'holds' : 'does not hold';
}
