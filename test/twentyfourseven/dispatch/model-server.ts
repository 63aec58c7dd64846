/**
 * 24SevenOffice in memory, behind `Soap`: books, sessions, and a script of what becomes of each request. It
 * answers by the clock it is given, and keeps what reached it and what its answers meant.
 */

import type { Clock } from '../../../src/clock.ts';
import type { ShopAccess } from '../../../src/transfer/ports/shops.ts';
import type { Sessions } from '../../../src/twentyfourseven/session/session.ts';
import type { CallFailure, Soap, SoapRequest } from '../../../src/twentyfourseven/wire/soap.ts';

/** What the service says of a save; `again` is the refusal of a whole request that the dispatcher may repeat. */
export type Meaning =
  | 'saved'
  | 'unclear'
  | 'refused'
  | 'session'
  | 'permission'
  | 'denied'
  | 'blocked'
  | 'quota'
  | 'unsent'
  | 'again';

interface WholeFate {
  failure: Partial<CallFailure>;
  meaning: Meaning;
  /** The part of its members that it saves before it fails. */
  does?: number;
  /** Fails before `beforeWrite`. */
  isUnconnected?: boolean;
}

const reset = { cause: 'network', networkCode: 'ECONNRESET' } as const;

/** Requests that bring no answer, or a fault. */
const WHOLE = {
  session: { failure: { text: 'Session is not authenticated' }, meaning: 'again' },
  permission: { failure: { text: 'You have no permission' }, meaning: 'permission' },
  blocked: { failure: { text: 'IdentityId is blocked' }, meaning: 'blocked' },
  quota: { failure: {}, meaning: 'quota' },
  throttled: { failure: { cause: 'http', status: 429 }, meaning: 'quota' },
  'lost before': { failure: reset, meaning: 'unclear' },
  'lost amid': { failure: reset, meaning: 'unclear', does: 0.5 },
  'lost after': { failure: { cause: 'timeout' }, meaning: 'unclear', does: 1 },
  'a page before': { failure: { cause: 'http', status: 503 }, meaning: 'unclear' },
  'a page after': { failure: { cause: 'http', status: 500 }, meaning: 'unclear', does: 1 },
  'a fault after': { failure: { text: 'SqlException: deadlock' }, meaning: 'unclear', does: 1 },
  unparsable: { failure: { cause: 'unparsable', status: 200 }, meaning: 'unclear', does: 1 },
  unconnected: {
    failure: { cause: 'network', networkCode: 'ECONNREFUSED', mayBeWritten: false },
    meaning: 'unsent',
    isUnconnected: true,
  },
  'too late': { failure: { cause: 'send_window', mayBeWritten: false }, meaning: 'unsent' },
} satisfies Record<string, WholeFate>;
export const WHOLE_FATES = Object.keys(WHOLE) as (keyof typeof WHOLE)[];

/** An APIException on one member; `stands` and `trouble` although it is saved. */
const EXCEPTIONS = {
  refused: { message: 'The customer is closed', meaning: 'refused' },
  stands: { message: 'The customer is closed', meaning: 'unclear' },
  trouble: { type: 'SqlException', message: 'A deadlock', meaning: 'unclear' },
  session: { type: 'NotAuthenticatedException', message: 'No', meaning: 'session' },
  permission: { type: 'X.PermissionException', message: 'No', meaning: 'denied' },
  words: { message: 'Limit exceeded by 1. Request is blocked. Quarantine ends at 23:00', meaning: 'refused' },
} satisfies Record<string, { type?: string; message: string; meaning: Meaning }>;

/** `foreign`: the answer has another's in its place; `garbled` cannot be read. */
const MEMBER_FATES = ['dropped', 'unmarked', 'twice', 'foreign', 'garbled'] as const;
export type MemberFate = 'saved' | keyof typeof EXCEPTIONS | (typeof MEMBER_FATES)[number];
export const BAD_FATES: MemberFate[] = [...MEMBER_FATES, ...(Object.keys(EXCEPTIONS) as 'refused'[])];

/** What becomes of one request. */
export interface Fate {
  latencyMs: number;
  whole: keyof typeof WHOLE | 'answered';
  /** In the order the members came; the rest are saved. A look-up has the first one's. */
  members: MemberFate[];
  /**
   * How far the answer's order differs from the request's. A refusal for quota lasts as many seconds more; of a
   * lost session, up to two of the company's next requests are refused, too.
   */
  turn: number;
}
const FINE: Fate = { latencyMs: 10, whole: 'answered', members: [], turn: 0 };

/** One request as it reached the service. */
export interface Delivery {
  at: number;
  clientId: string;
  operation: string;
  isSave: boolean;
  /** Which calls: an order's reference, a product's name, a customer's id; for look-ups what is looked for. */
  keys: string[];
  rows: number;
  /** Others of the company and operation in flight as it came. */
  beside: number;
  /** Its bytes left. */
  hasLeft: boolean;
  /** What became of each member; once answered. */
  meanings: Map<string, Meaning>;
  /** Whether the answer said whose each entity is; undefined where there was none. */
  isMarked?: boolean;
  /** Refused as a whole for a bad member. */
  isInvalid?: boolean;
}

export interface ModelServer {
  soap: Soap;
  sessions: Sessions;
  deliveries: Delivery[];
  /** Ids under each key, by company. */
  books: Map<string, Map<string, number[]>>;
  quarantines: { toldAt: number; until: number }[];
  /** From now on everything is answered. */
  calm(): void;
}

type Fields = Record<string, unknown>;

/** Where a save's members stand in its request, their key, and what its answer says of whose they are. */
const SAVES: Record<string, { array: string; item: string; id: string; key: string; marks: string[] }> = {
  SaveInvoices: {
    array: 'invoices',
    item: 'InvoiceOrder',
    id: 'OrderId',
    key: 'ReferenceNumber',
    marks: ['ReferenceNumber', 'ExternalStatus'],
  },
  SaveProducts: { array: 'products', item: 'Product', id: 'Id', key: 'Name', marks: [] },
  SaveCompanies: { array: 'companies', item: 'Company', id: 'Id', key: 'Id', marks: ['Id'] },
};

/** Orders every company has; their customer is the company's number. */
export const STANDING_ORDERS = 4;
const LOGIN_MS = 150;

/**
 * @param bad keys of members that spoil their request: a validation fault
 * @param onLeft told as the bytes of a request leave
 */
export function createModelServer({
  clock,
  fates,
  bad,
  onLeft,
}: {
  clock: Clock;
  fates: readonly Fate[];
  bad: ReadonlySet<string>;
  onLeft: (delivery: Delivery) => void;
}): ModelServer {
  const deliveries: Delivery[] = [];
  const books: ModelServer['books'] = new Map();
  const quarantines: ModelServer['quarantines'] = [];
  const inFlight = new Map<string, number>();
  const current = new Map<string, string>();
  const known = new Set<string>();
  /** Requests of a company yet to be refused for their session. */
  const refusing = new Map<string, number>();
  let lastId = 100;
  let lastSession = 0;
  let made = 0;
  let isCalm = false;

  function save(clientId: string, operation: string, member: Fields): number {
    const { id, key } = SAVES[operation] as (typeof SAVES)[string];
    const book = books.get(clientId) ?? new Map<string, number[]>();
    books.set(clientId, book);
    lastId += 1;
    const given = Number(member[id] ?? lastId);
    book.set(String(member[key]), [...(book.get(String(member[key])) ?? []), given]);
    return given;
  }

  function quarantineText({ turn }: Fate): string {
    const toldAt = clock.now();
    const last = quarantines.at(-1)?.until ?? 0;
    const until = last > toldAt ? last : Math.ceil(toldAt / 1_000 + 3 + turn) * 1_000;
    quarantines.push({ toldAt, until });
    return `Quarantine ends at ${new Date(until).toISOString()}`;
  }

  function exceptionOf(name: keyof typeof EXCEPTIONS): Fields {
    const { message, type = 'ValidationException' }: { message: string; type?: string } = EXCEPTIONS[name];
    return { APIException: { Type: type, Message: message } };
  }

  const isException = (fate: MemberFate): fate is keyof typeof EXCEPTIONS => fate in EXCEPTIONS;

  function answerSave(delivery: Delivery, members: Fields[], fate: Fate): Fields {
    const { clientId, operation } = delivery;
    const { item, id, key, marks } = SAVES[operation] as (typeof SAVES)[string];
    const isAlone = members.length === 1;
    const ofMember = (member: Fields, what: MemberFate): { entities: Fields[]; meaning: Meaning } => {
      const marked = Object.fromEntries(marks.map((mark) => [mark, String(member[mark])]));
      if (isException(what)) {
        const { [id]: _, ...unnamed } = marked;
        const own = what === 'stands' ? { [id]: String(save(clientId, operation, member)) } : {};
        if (what === 'trouble') save(clientId, operation, member);
        const { meaning } = EXCEPTIONS[what];
        return { entities: [{ ...unnamed, ...own, ...exceptionOf(what) }], meaning };
      }
      const saved = { [id]: String(save(clientId, operation, member)), ...marked };
      const foreign = { ...saved, ...Object.fromEntries(marks.map((mark) => [mark, '9'])) };
      switch (what) {
        case 'saved':
          return { entities: [saved], meaning: 'saved' };
        case 'unmarked': {
          const isNamed = !marks.includes(id);
          const meaning = isAlone && isNamed ? 'saved' : 'unclear';
          return { entities: [isNamed ? { [id]: saved[id] } : {}], meaning };
        }
        case 'dropped':
          return { entities: [], meaning: 'unclear' };
        case 'twice':
          return { entities: [saved, saved], meaning: 'unclear' };
        case 'foreign':
          return { entities: marks.length === 0 ? [] : [foreign], meaning: 'unclear' };
        case 'garbled':
          return { entities: [{ ...saved, [id]: 'x' }], meaning: 'unclear' };
      }
    };
    const whats = members.map((_, index) => fate.members[index] ?? 'saved');
    const answers = members.map((member, index) => ofMember(member, whats[index] ?? 'saved'));
    delivery.isMarked = whats.every((what) => what === 'saved' || isException(what));
    for (const [index, member] of members.entries()) {
      delivery.meanings.set(String(member[key]), answers[index]?.meaning ?? 'unclear');
    }
    const entities = answers.flatMap((answer) => answer.entities);
    return { [`${operation}Result`]: { [item]: turned(entities, fate.turn) } };
  }

  function answerLook({ clientId, operation, keys }: Delivery, fate: Fate): Fields {
    const isOrders = operation === 'GetInvoices';
    const found: Fields[] = isOrders
      ? keys
          .filter((key) => Number(key) <= STANDING_ORDERS)
          .map((OrderId) => ({ OrderId, CustomerId: clientId, OrderStatus: 'Web' }))
      : keys.map((Name) => ({ Id: clientId, Name, Type: 'Business' }));
    const [what = 'saved'] = fate.members;
    const more: Fields[] = isException(what) ? [exceptionOf(what)] : [];
    if (what === 'garbled') more.push({ OrderId: 'x', Id: 'x' });
    if (what === 'twice' && isOrders) more.push(...found);
    const entities = turned([...found, ...more], fate.turn);
    return { [`${operation}Result`]: { [isOrders ? 'InvoiceOrder' : 'Company']: entities } };
  }

  async function serve(request: SoapRequest, delivery: Delivery, fate: Fate): ReturnType<Soap['call']> {
    const { args, beforeWrite, operation, sessionId = '' } = request;
    const { clientId, keys, meanings } = delivery;
    const members = delivery.isSave ? membersOf(operation, args) : [];
    const fails = (failure: Partial<CallFailure>, meaning: Meaning): CallFailure => {
      for (const key of keys) meanings.set(key, meaning);
      return { ok: false, cause: 'fault', mayBeWritten: true, ...failure };
    };
    const whole: WholeFate | undefined = fate.whole === 'answered' ? undefined : WHOLE[fate.whole];
    if (whole?.isUnconnected !== true) await beforeWrite?.();
    deliveries.push(delivery);
    const refusals = fate.whole === 'session' ? 1 + (fate.turn % 3) : (refusing.get(clientId) ?? 0);
    if (refusals > 0) known.delete(sessionId);
    refusing.set(clientId, Math.max(0, refusals - 1));
    delivery.hasLeft = whole?.meaning !== 'unsent';
    if (delivery.hasLeft) onLeft(delivery);

    const isKnown = known.has(sessionId);
    const isBad = keys.some((key) => bad.has(key));
    if (isKnown && !isBad && whole?.does !== undefined) {
      for (const member of members.slice(0, Math.ceil(members.length * whole.does))) {
        save(clientId, operation, member);
      }
    }
    await clock.sleep(fate.latencyMs);
    if (delivery.hasLeft && !isKnown) return fails(WHOLE.session.failure, 'again');
    if (fate.whole === 'quota') return fails({ text: quarantineText(fate) }, 'quota');
    if (whole !== undefined) return fails(whole.failure, whole.meaning);
    delivery.isInvalid = isBad;
    if (isBad) return fails({ text: 'Instance validation error' }, keys.length === 1 ? 'refused' : 'again');
    const result = delivery.isSave ? answerSave(delivery, members, fate) : answerLook(delivery, fate);
    return { ok: true, result, status: 200, headers: {} };
  }

  async function call(request: SoapRequest): ReturnType<Soap['call']> {
    const { operation, args, sessionId = '' } = request;
    const fate = (isCalm ? undefined : fates[made]) ?? FINE;
    made += 1;
    const clientId = sessionId.split(' ')[0] ?? '';
    const lane = `${clientId} ${operation}`;
    const beside = inFlight.get(lane) ?? 0;
    inFlight.set(lane, beside + 1);
    const delivery: Delivery = {
      at: clock.now(),
      clientId,
      operation,
      isSave: operation in SAVES,
      keys: keysOf(operation, args),
      rows: rowsOf(operation, args),
      beside,
      hasLeft: false,
      meanings: new Map(),
    };
    try {
      return await serve(request, delivery, fate);
    } finally {
      inFlight.set(lane, (inFlight.get(lane) ?? 0) - 1);
    }
  }

  async function acquire({ clientId }: ShopAccess) {
    if (!current.has(clientId)) {
      lastSession += 1;
      const id = `${clientId} ${lastSession}`;
      await clock.sleep(LOGIN_MS);
      known.add(id);
      current.set(clientId, id);
    }
    const id = current.get(clientId) ?? '';
    return { id, sealed: id };
  }

  return {
    soap: { call, close: () => undefined },
    sessions: {
      acquire,
      acquireForSave: acquire,
      confirm: async () => undefined,
      drop: async ({ clientId }, { id }) => {
        if (current.get(clientId) === id) current.delete(clientId);
      },
      current: () => Promise.reject(new Error('not asked here')),
    },
    deliveries,
    books,
    quarantines,
    calm: () => {
      isCalm = true;
      refusing.clear();
    },
  };
}

function membersOf(operation: string, args: object): Fields[] {
  const { array, item } = SAVES[operation] as (typeof SAVES)[string];
  return (args as Record<string, Record<string, Fields[]>>)[array]?.[item] ?? [];
}

function keysOf(operation: string, args: object): string[] {
  const save = SAVES[operation];
  if (save !== undefined) return membersOf(operation, args).map((member) => String(member[save.key]));
  const { searchParams } = args as { searchParams: { OrderIds?: { int: number[] }; CompanyEmail?: string } };
  return searchParams.OrderIds?.int.map(String) ?? [String(searchParams.CompanyEmail)];
}

function rowsOf(operation: string, args: object): number {
  if (operation !== 'SaveInvoices') return 0;
  const rows = (member: Fields) => (member.InvoiceRows as { InvoiceRow: unknown[] }).InvoiceRow.length;
  return membersOf(operation, args).reduce((sum, member) => sum + rows(member), 0);
}

/** In another order: begun elsewhere, and every other time backwards. */
function turned<T>(list: T[], turn: number): T[] {
  const start = list.length === 0 ? 0 : turn % list.length;
  const rotated = [...list.slice(start), ...list.slice(0, start)];
  return turn % 2 === 0 ? rotated : rotated.reverse();
}
