import { randomUUID } from 'node:crypto';
import type { SandboxBehaviour } from './behaviour.ts';
import type { Entity } from './schema/value.ts';

/** One row of a company's books. Until `visibleAt` (ms) neither searches nor reads show it. */
export type Stored = {
  id: number;
  fields: Entity;
  createdAt: number;
  changedAt: number;
  visibleAt: number;
};

export type StoredOrder = Stored & { rows: Entity[] };

export type TaxCode = {
  taxId: number;
  taxNo: string;
  name: string;
  rate: string;
  accountNo?: number | undefined;
};

/** A client of 24SevenOffice: one company with its own books, reached through one identity. */
export type Company = {
  clientId: number;
  identityId: string;
  name: string;
  userName: string;
  organizationNumber: string;
  currency: string;
  country: string;
  isDisabled: boolean;
  isBlocked: boolean;
  departmentRequired: boolean;
  deniedServices: Set<string>;
  taxCodes: TaxCode[];
  departments: { id: number; name: string }[];
  customers: Map<number, Stored>;
  categories: Map<number, Stored>;
  products: Map<number, Stored>;
  orders: Map<number, StoredOrder>;
  nextId: {
    customer: number;
    category: number;
    product: number;
    order: number;
    row: number;
    invoice: number;
  };
};

export type Session = { id: string; clientId: number; usedAt: number };

export type User = { username: string; password: string; applicationId: string };

export type Violation = {
  at: number;
  /** `schema`: a request outside the WSDL; `booked`: an order saved as Invoiced, which books it at once. */
  kind: 'schema' | 'booked';
  operation: string;
  clientId: number | null;
  /** Path and rule, never a value. */
  message: string;
};

export type World = {
  behaviour: SandboxBehaviour;
  clock: () => number;
  user: User;
  companies: Map<number, Company>;
  sessions: Map<string, Session>;
  violations: Violation[];
};

export function openSession(world: World, clientId: number): Session {
  const session = { id: randomUUID().replaceAll('-', '').slice(0, 24), clientId, usedAt: world.clock() };
  world.sessions.set(session.id, session);
  return session;
}

/** The session as long as it is known and not too old; using it keeps it alive. */
export function findSession(world: World, id: string | undefined): Session | undefined {
  if (id === undefined) return undefined;
  const session = world.sessions.get(id);
  if (session === undefined) return undefined;
  const now = world.clock();
  if (now - session.usedAt > world.behaviour.sessionMs) {
    world.sessions.delete(id);
    return undefined;
  }
  session.usedAt = now;
  return session;
}

export function isVisible(stored: Stored, now: number): boolean {
  return stored.visibleAt <= now;
}

/** 24SevenOffice rounds creation and change times to the minute. UTC, no zone. */
export function minuteStamp(at: number): string {
  return new Date(Math.round(at / 60_000) * 60_000).toISOString().slice(0, 19);
}

/** Milliseconds of a dateTime as the service reads it; without a zone it is UTC. */
export function parseStamp(text: string): number {
  return Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
}

export function changedAfter(stored: Stored, text: string | undefined): boolean {
  return text === undefined || Math.round(stored.changedAt / 60_000) * 60_000 >= parseStamp(text);
}
