/** Stands for one Redis server: its data, its epoch, and the clock that its scripts read. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../src/clock.ts';
import { createKeys, type Keys } from '../../../src/store/keys.ts';
import type { Timing } from '../../../src/timing.ts';

export type Hash = Map<string, string>;

export interface StreamEntry {
  at: number;
  fields: Record<string, string>;
}

export interface MemoryServer {
  keys: Keys;
  /** The server's clock, whole milliseconds. */
  now(): number;
  /** The hash of a key. As in Redis, an empty one counts as missing. */
  hash(key: string): Hash;
  drop(key: string): void;
  /** A string that expires at `until`. */
  value(key: string): string | undefined;
  setValue(key: string, value: string, until: number): void;
  /** A sorted set: score by member. */
  scores(key: string): Map<string, number>;
  add(key: string, fields: Record<string, string>): void;
  entries(key: string): StreamEntry[];
  /** As current_epoch in prelude.lua. */
  currentEpoch(): { epoch: string; quietUntil: number };
  /** The server is emptied, or replaced by an empty one. */
  wipe(): void;
  /** The server restarts with its data; the last writes may be lost. */
  restart(): void;
}

export function createMemoryServer({ clock, timing }: { clock: Clock; timing: Timing }): MemoryServer {
  const keys = createKeys('{memory}');
  const hashes = new Map<string, Hash>();
  const values = new Map<string, { value: string; until: number }>();
  const streams = new Map<string, StreamEntry[]>();
  const sorted = new Map<string, Map<string, number>>();
  let runId = randomUUID();
  const now = () => Math.floor(clock.now());

  function hash(key: string): Hash {
    const found = hashes.get(key) ?? new Map<string, string>();
    hashes.set(key, found);
    return found;
  }

  return {
    keys,
    now,
    hash,
    drop(key) {
      hashes.delete(key);
      values.delete(key);
    },
    value(key) {
      const found = values.get(key);
      return found !== undefined && found.until > now() ? found.value : undefined;
    },
    setValue(key, value, until) {
      values.set(key, { value, until });
    },
    scores(key) {
      const found = sorted.get(key) ?? new Map<string, number>();
      sorted.set(key, found);
      return found;
    },
    add(key, fields) {
      streams.set(key, [...(streams.get(key) ?? []), { at: now(), fields }]);
    },
    entries: (key) => streams.get(key) ?? [],
    currentEpoch() {
      const known = hash(keys.epoch);
      const id = known.get('id');
      if (id !== undefined && known.get('runId') === runId) {
        return { epoch: id, quietUntil: Number(known.get('quietUntil')) };
      }
      const epoch = randomUUID();
      const quietUntil = now() + timing.settleMs;
      known.set('id', epoch).set('runId', runId).set('quietUntil', String(quietUntil));
      return { epoch, quietUntil };
    },
    wipe() {
      for (const kept of [hashes, values, streams, sorted]) kept.clear();
    },
    restart() {
      runId = randomUUID();
    },
  };
}

/** HSET of several fields. */
export function setFields(hash: Hash, fields: Record<string, string | number>): void {
  for (const [field, value] of Object.entries(fields)) hash.set(field, String(value));
}
