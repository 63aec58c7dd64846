import { randomUUID } from 'node:crypto';
import type { InvoiceTransferJob } from '../../../src/contract/jobs.ts';
import type { EventType } from '../../../src/contract/results.ts';
import { CHECK_OPEN_MS, nextLookMs } from '../../../src/domain/agenda.ts';
import { contentHash, requestedAtMs } from '../../../src/domain/content.ts';
import { issuedFields } from '../../../src/domain/sums.ts';
import { StaleClaim } from '../../../src/errors.ts';
import { agendaMember } from '../../../src/store/agenda.ts';
import { applyChanges, fromFields, toFields } from '../../../src/store/record-fields.ts';
import type { Timing } from '../../../src/timing.ts';
import type { EventFields } from '../../../src/transfer/ports/events.ts';
import type {
  Claim,
  RecordChanges,
  RecordEnd,
  RecordKey,
  RequestEnd,
  TrailEntry,
  TransferRecord,
  TransferRecords,
} from '../../../src/transfer/ports/records.ts';
import { type Hash, type MemoryServer, setFields } from './server.ts';

/** As in src/store/records.ts and lua/refuse.lua. */
const REMEMBERED_ENDS = 20;
const REFUSED_ENDS_BYTES = 8_000;

const EVENT_OF: Record<RecordEnd['state'], EventType> = {
  transferred: 'transfer.completed',
  rejected: 'transfer.rejected',
  unresolved: 'transfer.unresolved',
};

interface Write {
  lease: 'free' | number;
  changes?: RecordChanges;
  ended?: RequestEnd;
  trail?: TrailEntry | undefined;
  end?: { state: RecordEnd['state']; requestId: string; body: string };
}

const recordOf = (hash: Hash) => fromFields(Object.fromEntries(hash));

/** Transfer records in memory, each method one script of src/store/lua. */
export function createMemoryRecords({
  server,
  timing,
}: {
  server: MemoryServer;
  timing: Timing;
}): TransferRecords {
  const { keys } = server;
  const hashOf = (key: RecordKey) => server.hash(keys.record(key));
  const isoNow = () => new Date(server.now()).toISOString();

  function addTrail(key: RecordKey, trail: TrailEntry): void {
    server.add(keys.trail(key), { entry: JSON.stringify(trail) });
  }

  function lookAgain(key: RecordKey, delayMs: number | undefined): void {
    const agenda = server.scores(keys.agenda);
    if (delayMs === undefined) agenda.delete(agendaMember(key));
    else agenda.set(agendaMember(key), server.now() + delayMs);
  }

  function addEvent(key: RecordKey, fields: Pick<EventFields, 'type' | 'requestId' | 'body'>): void {
    const { type, requestId, body } = fields;
    server.add(keys.events, { type, ...key, requestId, at: isoNow(), body });
  }

  function noteNewest(hash: Hash, revision: number, payload: InvoiceTransferJob | undefined): void {
    const known = Number(hash.get('revision') ?? 0);
    if (revision < known) return;
    if (revision > known) for (const field of ['newestAt', 'newestHash']) hash.delete(field);
    hash.set('revision', String(revision));
    if (payload === undefined || requestedAtMs(payload) <= Number(hash.get('newestAt') ?? 0)) return;
    setFields(hash, { newestAt: requestedAtMs(payload), newestHash: contentHash(payload) });
  }

  /** write.lua; false = stale. */
  function write(claim: Claim, { lease, changes = {}, ended, trail, end }: Write): boolean {
    const { epoch } = server.currentEpoch();
    const hash = hashOf(claim.key);
    const isOurs = hash.get('fence') === claim.fence && hash.get('epoch') === claim.epoch;
    if (epoch !== claim.epoch || !isOurs) return false;
    if (lease !== 'free' && !hash.has('leaseUntil')) return false;
    const now = server.now();
    const stateBefore = hash.get('state');
    const { sets, deletes } = toFields(changes);
    setFields(hash, { updatedAt: now, ...Object.fromEntries(sets) });
    for (const field of deletes) hash.delete(field);
    const allEnded = ended === undefined ? undefined : [...claim.record.ended, ended].slice(-REMEMBERED_ENDS);
    if (ended !== undefined) {
      setFields(hash, { ended: JSON.stringify(allEnded), requestId: ended.requestId });
    }
    if (lease === 'free') hash.delete('leaseUntil');
    else hash.set('leaseUntil', String(now + lease));
    if (end !== undefined) hash.set('state', end.state);
    if (trail !== undefined) addTrail(claim.key, trail);
    if (changes.state && changes.state !== stateBefore) lookAgain(claim.key, CHECK_OPEN_MS);
    if (end !== undefined && end.state !== stateBefore) {
      addEvent(claim.key, { type: EVENT_OF[end.state], requestId: end.requestId, body: end.body });
      hash.delete('looks');
      lookAgain(claim.key, nextLookMs(end.state, 0));
    }
    claim.record = applyChanges(claim.record, changes);
    if (allEnded !== undefined) claim.record.ended = allEnded;
    if (end !== undefined) claim.record.state = end.state;
    return true;
  }

  function mustWrite(claim: Claim, what: Write): void {
    if (!write(claim, what)) throw new StaleClaim(server.now());
  }

  return {
    async claim(key, revision, payload, jobId) {
      const { epoch, quietUntil } = server.currentEpoch();
      const now = server.now();
      const hash = hashOf(key);
      const isNew = !hash.has('state');
      if (!isNew) noteNewest(hash, revision, payload);
      if (now < quietUntil) return { kind: 'busy', reason: 'quiet', waitMs: quietUntil - now };
      const leaseUntil = Number(hash.get('leaseUntil') ?? 0);
      if (hash.get('epoch') === epoch && leaseUntil > now) {
        return { kind: 'busy', reason: 'leased', waitMs: leaseUntil - now };
      }
      if (isNew) {
        lookAgain(key, CHECK_OPEN_MS);
        setFields(hash, { state: 'accepted', attempts: 0, acceptedAt: now });
        noteNewest(hash, revision, payload);
        if (payload !== undefined) {
          hash.set('payload', JSON.stringify(payload));
          setFields(hash, Object.fromEntries(toFields(issuedFields(payload)).sets));
        }
      }
      if (jobId !== undefined) hash.set('jobId', jobId);
      const fence = randomUUID();
      setFields(hash, { fence, epoch, leaseUntil: now + timing.leaseMs, updatedAt: now });
      const record = recordOf(hash) as TransferRecord;
      return { kind: 'claimed', claim: { key, fence, epoch, claimedAt: now, record } };
    },
    note: async (claim, changes, trail) => mustWrite(claim, { lease: timing.leaseMs, changes, trail }),
    renew: async (claim) => mustWrite(claim, { lease: timing.leaseMs }),
    async release(claim, changes = {}, trail) {
      write(claim, { lease: 'free', changes, trail });
    },
    async end(claim, { state, requestId, contentHash, result, code, message = '', changes, trail }) {
      const failure = code === undefined ? undefined : { code, message };
      const ended: RequestEnd =
        failure === undefined && result !== undefined
          ? { requestId, contentHash, result }
          : { requestId, contentHash, code: code ?? 'transfer.bug', message };
      mustWrite(claim, {
        lease: 'free',
        changes: {
          ...changes,
          waitsFor: null,
          code: failure?.code ?? null,
          message: failure?.message ?? null,
          ...(result === undefined ? {} : { result }),
          ...(state === 'unresolved' ? {} : { payload: null }),
        },
        ended,
        trail,
        end: { state, requestId, body: JSON.stringify(result ?? failure) },
      });
    },
    answer: async (claim, ended, trail) => mustWrite(claim, { lease: 'free', ended, trail }),
    async refuse(key, requestId, code, message, jobId, issued = {}) {
      const hash = hashOf(key);
      const state = hash.get('state');
      if (state !== undefined && state !== 'rejected') return 'kept';
      const known = hash.get('ended') ?? '[]';
      const wasTold = (JSON.parse(known) as RequestEnd[]).some((end) => end.requestId === requestId);
      if (wasTold) return 'told';
      const end: RequestEnd = { requestId, code, message };
      const earlier = known.length < REFUSED_ENDS_BYTES ? (JSON.parse(known) as RequestEnd[]) : [];
      const now = server.now();
      if (state === undefined) setFields(hash, { revision: 1, attempts: 0, acceptedAt: now });
      const ended = JSON.stringify([...earlier, end]);
      setFields(hash, { state: 'rejected', requestId, code, message, ended, updatedAt: now });
      if (jobId !== undefined) setFields(hash, { jobId });
      setFields(hash, Object.fromEntries(toFields(issued).sets));
      addTrail(key, { step: 'refused', code, requestId });
      addEvent(key, { type: 'transfer.rejected', requestId, body: JSON.stringify({ code, message }) });
      return 'rejected';
    },
    read: async (key) => recordOf(hashOf(key)),
    trail: async (key) =>
      server.entries(keys.trail(key)).map(({ at, fields }) => ({
        ...(JSON.parse(fields.entry ?? '{}') as TrailEntry),
        at: new Date(at).toISOString(),
      })),
  };
}
