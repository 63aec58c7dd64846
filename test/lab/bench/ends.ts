/** The product's event stream, read as Sharefox reads it. */
import { performance } from 'node:perf_hooks';
import { Redis } from 'ioredis';

export interface End {
  type: string;
  body: string;
  /** When we read it, by `performance.now()`. */
  atMs: number;
}

type EndType = 'transfer.completed' | 'transfer.rejected' | 'payment.checked';

export interface Ends {
  /** In the order of the requests. Throws if one has another end than `type`, or none within ten minutes. */
  of(requestIds: string[], type: EndType): Promise<End[]>;
  /** The same, but leaves out those that have not ended within the time. */
  within(limitMs: number, requestIds: string[], type: EndType): Promise<End[]>;
  close(): void;
}

const BLOCK_MS = 500;
const LONGEST_MS = 600_000;

export function watchEnds(redisUrl: string, stream: string): Ends {
  const redis = new Redis(redisUrl);
  const ends = new Map<string, End>();
  const listeners = new Set<() => void>();
  let isClosed = false;
  let failure: unknown;
  void read().catch((error: unknown) => {
    failure = error;
    for (const listener of listeners) listener();
  });

  async function read(): Promise<void> {
    let last = '0';
    while (!isClosed) {
      const answer = await redis.xread('COUNT', 1_000, 'BLOCK', BLOCK_MS, 'STREAMS', stream, last);
      const atMs = performance.now();
      for (const [id, fields] of answer?.[0]?.[1] ?? []) {
        last = id;
        const field = (name: string) => fields[fields.indexOf(name) + 1] ?? '';
        ends.set(field('requestId'), { type: field('type'), body: field('body'), atMs });
      }
      if (answer !== null) for (const listener of listeners) listener();
    }
  }

  function within(limitMs: number, requestIds: string[], type: EndType): Promise<End[]> {
    return new Promise((resolve, reject) => {
      const missing = new Set(requestIds);
      const finish = (error?: unknown) => {
        clearTimeout(timer);
        listeners.delete(look);
        if (error === undefined) resolve(requestIds.flatMap((id) => ends.get(id) ?? []));
        else reject(error);
      };
      const look = () => {
        if (failure !== undefined) return finish(failure);
        for (const id of missing) {
          const end = ends.get(id);
          if (end === undefined) continue;
          if (end.type !== type) return finish(new Error(`${id} ended ${end.type}: ${end.body}`));
          missing.delete(id);
        }
        if (missing.size === 0) finish();
      };
      const timer = setTimeout(finish, limitMs);
      listeners.add(look);
      look();
    });
  }

  return {
    within,
    async of(requestIds, type) {
      const found = await within(LONGEST_MS, requestIds, type);
      const missing = requestIds.length - found.length;
      if (missing > 0) throw new Error(`${missing} of ${requestIds.length} did not end in time`);
      return found;
    },
    close() {
      isClosed = true;
      failure = new Error('closed');
      redis.disconnect();
    },
  };
}
