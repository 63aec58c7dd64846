/** The product's event stream, read as Sharefox reads it. */
import { performance } from 'node:perf_hooks';
import { Redis } from 'ioredis';

export interface End {
  type: string;
  body: string;
  /** When we read it, on `performance.now()`'s clock. */
  atMs: number;
}

export interface Ends {
  /** Throws where a request ended otherwise than `type`, or not within the time. */
  of(requestIds: string[], type: 'transfer.completed' | 'payment.checked'): Promise<End[]>;
  close(): void;
}

const BLOCK_MS = 500;
const LONGEST_MS = 180_000;

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

  return {
    of(requestIds, type) {
      return new Promise((resolve, reject) => {
        const missing = new Set(requestIds);
        const finish = (act: () => void) => {
          clearTimeout(timer);
          listeners.delete(look);
          act();
        };
        const look = () => {
          if (failure !== undefined) return finish(() => reject(failure));
          for (const id of missing) {
            const end = ends.get(id);
            if (end === undefined) continue;
            if (end.type !== type)
              return finish(() => reject(new Error(`${id} ended ${end.type}: ${end.body}`)));
            missing.delete(id);
          }
          if (missing.size > 0) return;
          finish(() => resolve(requestIds.flatMap((id) => ends.get(id) ?? [])));
        };
        const timer = setTimeout(
          () =>
            finish(() => reject(new Error(`${missing.size} of ${requestIds.length} did not end in time`))),
          LONGEST_MS,
        );
        listeners.add(look);
        look();
      });
    },
    close() {
      isClosed = true;
      failure = new Error('closed');
      redis.disconnect();
    },
  };
}
