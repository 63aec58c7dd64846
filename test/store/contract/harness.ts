/** What a contract needs of a store, in memory or in Redis. */

import { afterEach, beforeEach, expect } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import { type TransferResult, transferResult } from '../../../src/contract/results.ts';
import type { RedisDurability } from '../../../src/store/connection.ts';
import type { QuotaLimits } from '../../../src/store/quota.ts';
import type { Timing } from '../../../src/timing.ts';
import type { CreateLease, EntityKind } from '../../../src/transfer/ports/entities.ts';
import type { EventFields } from '../../../src/transfer/ports/events.ts';
import type { SendIntent } from '../../../src/transfer/ports/intents.ts';
import type { Claim, RecordKey } from '../../../src/transfer/ports/records.ts';
import type { MemoryPorts } from '../../support/memory-store.ts';

export interface Harness {
  store: MemoryPorts;
  /** The same store as a second process sees it. */
  other: MemoryPorts;
  timing: Timing;
  clock: Clock;
  /** The store's clock, epoch milliseconds. */
  now(): number;
  /** That much time goes by. */
  elapse(ms: number): Promise<void>;
  /** The store is emptied; a new epoch begins with the next command. */
  wipe(): Promise<void>;
  /** The server process is killed and started again on its data. */
  restart(): Promise<void>;
  events(): Promise<EventFields[]>;
  close(): Promise<void>;
}

/** A store that is empty and not quiet. */
export type Open = (options?: OpenOptions) => Promise<Harness>;

export interface OpenOptions {
  quota?: Partial<QuotaLimits>;
  timing?: Partial<Timing>;
  durability?: RedisDurability;
  /** `user:password@`, another one than Redis' own. */
  login?: string;
}

/** Opens one for each test; the harness answers with what is open. */
export function useHarness(open: Open, options?: OpenOptions): Harness {
  let current: Harness | undefined;
  beforeEach(async () => {
    current = await open(options);
  });
  afterEach(async () => {
    await current?.close();
  });
  return new Proxy({} as Harness, {
    get: (_target, name) => (current === undefined ? undefined : Reflect.get(current, name)),
  });
}

export const KEY: RecordKey = { shopId: 'acme.mysharefox.com', invoiceId: '1018-1' };
export const CLIENT = '501';

/** Of an order that needed everything. */
export const aResult = (): TransferResult =>
  transferResult.parse({
    outcome: 'created',
    orderId: 5001,
    customerId: 301,
    productId: 701,
    reference: 'SF-1018-1-aaaaaaaa',
    customer: 'created',
    product: 'found',
    category: 'not_needed',
    totals: { expected: '1518.75', posted: '1518.75' },
    warnings: [{ code: 'vat.unconfirmed', message: 'Ærlig talt: "sjekk"' }],
  });

/** How much real time a slow machine may lose between two commands. */
const LAG_MS = 20_000;

/** The store's clock of real Redis goes on by itself between two commands. */
export function expectAbout(actualMs: number, expectedMs: number): void {
  expect(actualMs).toBeLessThanOrEqual(expectedMs);
  expect(actualMs).toBeGreaterThan(Math.max(0, expectedMs - LAG_MS));
}

export async function claimed({ records }: Pick<MemoryPorts, 'records'>, revision = 1): Promise<Claim> {
  const answer = await records.claim(KEY, revision);
  if (answer.kind !== 'claimed') throw new Error(`not claimed: ${answer.reason}`);
  return answer.claim;
}

export async function leased(
  { entities }: Pick<MemoryPorts, 'entities'>,
  kind: EntityKind = 'customer',
): Promise<CreateLease> {
  const answer = await entities.lease(CLIENT, kind);
  if (answer.kind !== 'taken') throw new Error(`not taken: ${answer.reason}`);
  return answer.lease;
}

export function orderIntent(claim: Claim, revision = 1, contentHash = 'hash'): SendIntent {
  const { key, fence, epoch } = claim;
  return { kind: 'order', key, fence, epoch, revision, requestedAt: 0, contentHash };
}

export function createIntent({ clientId, kind, fence, epoch }: CreateLease): SendIntent {
  return { kind: 'create', clientId, entity: kind, fence, epoch };
}
