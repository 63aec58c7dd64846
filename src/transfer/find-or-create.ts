/**
 * Find or create under the lease of (Client.Id, kind): N first invoices of a new shop at once make one of each.
 */
import type { Clock } from '../clock.ts';
import { NotNow, OutcomeUnknown, Retryable, Stopping, TransferFailure } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Timing } from '../timing.ts';
import { keepRenewing } from './keep-renewing.ts';
import type { CreateLease, Entities, EntityKind, KnownEntity } from './ports/entities.ts';
import type { SendIntent } from './ports/intents.ts';
import type { Claim } from './ports/records.ts';

/** How long a job waits in place for another's create before it goes back to the queue. */
const PATIENCE_MS = 20_000;
const POLL_MS = 40;
/** Most jobs under one lease: as many as fit in one save, because another process may wait for the lease. */
const TOGETHER = 50;

export interface Found {
  id: number;
  /** Natural keys to store the id under, strongest first. */
  keys: string[];
  facts?: Record<string, string>;
}

/** The part of a transfer that finds or creates. */
interface Creator {
  clientId: string;
  deps: { entities: Entities; clock: Clock; timing: Timing };
  run: { signal: AbortSignal; log: Logger };
}

/** A job that wants an entity, found or created. */
interface Waiting {
  creator: Creator;
  /** Jobs that share one of these may want the same entity, and go one after another. */
  keys: string[];
  /** Never rejects. */
  find(lease: CreateLease): Promise<'found' | 'failed' | 'to_be_created'>;
  /** Never rejects. */
  create(lease: CreateLease): Promise<'created' | 'failed' | 'outcome_unknown'>;
  refuse(error: unknown): void;
}

/** The jobs of this process that wait for the lease of one company and kind. */
interface Line {
  waiting: Waiting[];
  isServed: boolean;
}

/** One process's lines, by company and kind. */
export type Lines = Map<string, Line>;

/** How to come by an entity. */
export interface FindOrCreate<T> {
  find(lease: CreateLease): Promise<T | undefined>;
  create(intent: SendIntent): Promise<T>;
}

/**
 * Find or create under the lease. Jobs that wait for it together share it: once all have searched, their creates
 * leave in one request. Jobs that may want the same entity go one after another.
 *
 * @param keys natural keys of the entity wanted
 *
 * The result is stored under its keys before the lease is freed. Throws NotNow where the lease is not to be
 * had; a create of unknown outcome becomes Retryable: no order was sent, and the successor waits the settle
 * time before it searches.
 */
export function underCreateLease<T extends Found>(
  creator: Creator & { lines: Lines },
  kind: EntityKind,
  keys: string[],
  { find, create }: FindOrCreate<T>,
): Promise<T> {
  const { clientId, deps, run, lines } = creator;
  const name = `${clientId} ${kind}`;
  const line = lines.get(name) ?? { waiting: [], isServed: false };
  lines.set(name, line);
  let hasBegun = false;
  let leave = () => {};
  const found = new Promise<T>((resolve, reject) => {
    leave = () => {
      if (!hasBegun) reject(new Stopping(deps.clock.now()));
    };
    const keep = async (found: T) => {
      await deps.entities.remember(clientId, kind, found.id, found.keys, found.facts);
      resolve(found);
    };
    line.waiting.push({
      creator,
      keys,
      refuse: reject,
      async find(lease) {
        try {
          if (run.signal.aborted) throw new Stopping(deps.clock.now());
          hasBegun = true;
          const found = await find(lease);
          if (found === undefined) return 'to_be_created';
          await keep(found);
          return 'found';
        } catch (error) {
          reject(error);
          return 'failed';
        }
      },
      async create({ fence, epoch }) {
        try {
          await keep(await create({ kind: 'create', clientId, entity: kind, fence, epoch }));
          return 'created';
        } catch (error) {
          reject(error instanceof OutcomeUnknown ? unknownCreate(creator, kind, error) : error);
          // Only what proves that nothing was created lets a successor search at once.
          const isProof =
            error instanceof TransferFailure && !(error instanceof OutcomeUnknown) && !error.isDenial;
          return isProof ? 'failed' : 'outcome_unknown';
        }
      },
    });
    void serve(line, kind).finally(() => {
      if (line.waiting.length === 0 && !line.isServed) lines.delete(name);
    });
  });
  // The job it waits for may have a request under way for longer than a stop may take.
  run.signal.addEventListener('abort', leave);
  return found.finally(() => run.signal.removeEventListener('abort', leave));
}

async function serve(line: Line, kind: EntityKind): Promise<void> {
  if (line.isServed) return;
  line.isServed = true;
  for (let first = line.waiting[0]; first !== undefined; first = line.waiting[0]) {
    try {
      const lease = await takeLease(first.creator, kind);
      await createTogether(line.waiting.splice(0, TOGETHER), lease, first.creator);
    } catch (error) {
      for (const one of line.waiting.splice(0)) one.refuse(error);
    }
  }
  line.isServed = false;
}

/** Find or create for all of them under this lease, then free it. */
async function createTogether(
  together: Waiting[],
  lease: CreateLease,
  { deps, run }: Creator,
): Promise<void> {
  const { entities, clock, timing } = deps;
  const stopRenewing = keepRenewing(deps, () => entities.renewLease(lease), run.log);
  let isUnknown = false;
  for (const round of rounds(together)) {
    if (isUnknown) {
      for (const one of round) one.refuse(settling(lease.kind, clock.now() + timing.settleMs));
      continue;
    }
    const searched = await Promise.all(round.map((one) => one.find(lease)));
    const toBeCreated = round.filter((_one, index) => searched[index] === 'to_be_created');
    const created = await Promise.all(toBeCreated.map((one) => one.create(lease)));
    isUnknown = created.includes('outcome_unknown');
  }
  stopRenewing();
  await entities
    .free(lease, isUnknown ? 'outcome_unknown' : 'settled')
    .catch((err: unknown) => run.log.warn({ err }, 'create lease was not freed'));
}

/** No two jobs of a round share a key: two that do may want the same entity. */
function rounds(together: Waiting[]): Waiting[][] {
  const all: { members: Waiting[]; keys: Set<string> }[] = [];
  for (const one of together) {
    // After the last one it has a key in common with.
    const after = all.findLastIndex(({ keys }) => one.keys.some((key) => keys.has(key)));
    const round = all[after + 1] ?? { members: [], keys: new Set<string>() };
    if (all[after + 1] === undefined) all.push(round);
    round.members.push(one);
    for (const key of one.keys) round.keys.add(key);
  }
  return all.map(({ members }) => members);
}

function unknownCreate({ deps }: Creator, kind: EntityKind, cause: OutcomeUnknown): Retryable {
  return new Retryable(
    'service.unavailable',
    `the service did not answer when the ${kind} was created; it is looked for once that has settled`,
    { cause, retryAfterMs: deps.timing.settleMs },
  );
}

const settling = (kind: EntityKind, untilMs: number): NotNow =>
  new NotNow(
    'transfer.settling',
    untilMs,
    `an earlier create of a ${kind} has an unknown outcome and must settle first`,
  );

/**
 * True if the id was stored so recently that a search may not show it yet; a search would then lead to a second
 * one. By the store's clock, because two machines' clocks differ.
 */
export function mayNotShowYet(
  { claim, deps }: { claim: Claim; deps: { timing: Timing } },
  { at }: KnownEntity,
): boolean {
  return claim.claimedAt - at < deps.timing.settleMs;
}

async function takeLease({ deps, clientId, run }: Creator, kind: EntityKind): Promise<CreateLease> {
  const { clock, entities } = deps;
  const giveUpAt = clock.monotonic() + PATIENCE_MS;
  for (;;) {
    if (run.signal.aborted) throw new Stopping(clock.now());
    if (clock.monotonic() > giveUpAt) {
      throw new NotNow(
        'transfer.busy',
        clock.now() + 1_000,
        `another job is creating a ${kind} of this company`,
      );
    }
    const answer = await entities.lease(clientId, kind);
    if (answer.kind === 'taken') return answer.lease;
    if (answer.reason !== 'leased') {
      throw settling(kind, clock.now() + answer.waitMs);
    }
    await clock.sleep(Math.min(answer.waitMs, POLL_MS));
  }
}
