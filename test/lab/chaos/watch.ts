/** Names every call of the ports, and reports it before and after it happens. */
import type { Store } from '../../../src/store/store.ts';
import type { BooksOf } from '../../../src/transfer/ports/books.ts';
import type { SendIntent } from '../../../src/transfer/ports/intents.ts';

/** Called at each named point. It may never return. */
export type At = (point: string) => void;

/** Well within the sandbox's latency: the request has left, and its answer cannot be back. */
const DURING_MS = 15;

type Call = (...args: never[]) => unknown;
/** What a call is about, from its arguments. */
type About = Record<string, (...args: never[]) => string>;

const kind = (_clientId: string, entity: string) => entity;
const ABOUT: Record<string, About> = {
  records: {
    note: (_claim, changes: object, trail?: { step: string }) => trail?.step ?? Object.keys(changes).join(),
    end: (_claim, { state }: { state: string }) => state,
  },
  entities: {
    ...{ known: kind, lease: kind, remember: kind, forget: kind },
    free: (lease: { kind: string }) => lease.kind,
  },
  facts: { get: kind, set: kind },
};

function watched<Port extends object>(name: string, port: Port, at: At): Port {
  const wrap = ([method, call]: [string, unknown]) => {
    if (typeof call !== 'function') return [method, call];
    const about = ABOUT[name]?.[method];
    const around = async (...args: never[]) => {
      const point = [`${name}.${method}`, about?.(...args)].filter((word) => word !== undefined).join(' ');
      at(`before ${point}`);
      const result = await (call as Call).apply(port, args);
      at(`after ${point}`);
      return result;
    };
    return [method, around];
  };
  return Object.fromEntries(Object.entries(port).map(wrap)) as Port;
}

const SAVES = { customer: 'createCustomer', product: 'createProduct', category: 'createCategory' };
const nameOf = (intent: SendIntent) =>
  intent.kind === 'order'
    ? { what: 'order', save: 'createOrder' }
    : { what: intent.entity, save: SAVES[intent.entity] };

export function watchStore(store: Store, at: At): Store {
  const { records, entities, facts, intents } = store;
  return {
    ...store,
    records: watched('records', records, at),
    entities: watched('entities', entities, at),
    facts: watched('facts', facts, at),
    intents: {
      async write(batch) {
        const names = [...new Map(batch.map((intent) => [intent.kind, nameOf(intent)])).values()];
        for (const { what } of names) at(`before intents.write ${what}`);
        const answers = await intents.write(batch);
        for (const { what, save } of names) {
          at(`after intents.write ${what}`);
          if (answers.every((answer) => answer === 'go')) setTimeout(at, DURING_MS, `during books.${save}`);
        }
        return answers;
      },
    },
  };
}

export const watchBooks =
  (booksOf: BooksOf, at: At): BooksOf =>
  (access) =>
    watched('books', booksOf(access), at);
