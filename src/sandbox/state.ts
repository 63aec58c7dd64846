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

export type StoredOrder = Stored & {
  rows: Entity[];
  /** Answered exactly as `fields`: nothing is computed or filled in. */
  isLiteral?: true;
};

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
  projects: number[];
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

/** The counter in `nextId` that gives each kind its ids. */
export const counters = {
  customers: 'customer',
  categories: 'category',
  products: 'product',
  orders: 'order',
} as const;

export function newStored(id: number, fields: Entity, now: number, visibleAt: number): Stored {
  return { id, fields, createdAt: now, changedAt: now, visibleAt };
}

export type Session = { id: string; clientId: number; openedAt: number; usedAt: number };

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

/** 24 hexadecimal digits, as ASP.NET's ids have 24 characters. */
export const newSessionId = () => randomUUID().replaceAll('-', '').slice(0, 24);

function isOver(world: World, session: Session): boolean {
  const { sessionMs, sessionLife } = world.behaviour;
  const since = sessionLife === 'sliding' ? session.usedAt : session.openedAt;
  return world.clock() - since > sessionMs;
}

/** Open a session on this company; `undefined` where the user has as many as allowed and none is to end. */
export function openSession(world: World, clientId: number): Session | undefined {
  const { sessionsPerUser, sessionsBeyond } = world.behaviour;
  for (const session of world.sessions.values()) {
    if (isOver(world, session)) world.sessions.delete(session.id);
  }
  if (sessionsPerUser !== null && world.sessions.size >= sessionsPerUser) {
    if (sessionsBeyond === 'login_refused') return undefined;
    const surplus = [...world.sessions.keys()].slice(0, world.sessions.size - sessionsPerUser + 1);
    for (const id of surplus) world.sessions.delete(id);
  }
  const now = world.clock();
  const session = { id: newSessionId(), clientId, openedAt: now, usedAt: now };
  world.sessions.set(session.id, session);
  chooseCompany(world, session, clientId);
  return session;
}

/** Make a company the current one: of this session, or of all where the identity belongs to the user. */
export function chooseCompany(world: World, session: Session, clientId: number): void {
  const all = world.behaviour.identityBelongsTo === 'user';
  for (const each of all ? world.sessions.values() : [session]) each.clientId = clientId;
}

/** The session, unless it is unknown or too old. */
export function findSession(world: World, id: string | undefined): Session | undefined {
  if (id === undefined) return undefined;
  const session = world.sessions.get(id);
  if (session === undefined) return undefined;
  if (isOver(world, session)) {
    world.sessions.delete(id);
    return undefined;
  }
  session.usedAt = world.clock();
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
