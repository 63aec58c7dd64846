/**
 * Find or create under the lease of (Client.Id, kind): N first invoices of a new shop at once make one of each.
 */
import { NotNow, OutcomeUnknown, Retryable, TransferFailure } from '../errors.ts';
import type { Transfer, TransferDeps } from './context.ts';
import { keepRenewing } from './keep-renewing.ts';
import type { CreateLease, EntityKind, KnownEntity, SendIntent } from './ports.ts';

/** How long a job waits in place for another's create before it goes back to the queue. */
const PATIENCE_MS = 20_000;
const POLL_MS = 40;

export interface Found {
  id: number;
  /** Natural keys to store the id under, strongest first. */
  keys: string[];
  facts?: Record<string, string>;
}

/** Runs actions of one name one after another, in the order they came. */
export type InLine = <T>(name: string, action: () => Promise<T>) => Promise<T>;

/** Within one process jobs line up here instead of polling Redis. */
export function createInLine(): InLine {
  const tails = new Map<string, Promise<unknown>>();
  return (name, action) => {
    const mine = (tails.get(name) ?? Promise.resolve()).then(action);
    const tail = mine.catch(() => undefined);
    tails.set(name, tail);
    void tail.then(() => {
      if (tails.get(name) === tail) tails.delete(name);
    });
    return mine;
  };
}

/**
 * @param work finds or creates, given the intent to create with; its result is stored under its keys by the
 *   script that frees the lease
 *
 * Throws NotNow where the lease is not to be had; a create of unknown outcome becomes Retryable: no order
 * was sent, and the successor waits the settle time before it searches.
 */
export function underCreateLease<T extends Found>(
  transfer: Transfer,
  kind: EntityKind,
  work: (intent: SendIntent, lease: CreateLease) => Promise<T>,
): Promise<T> {
  const { deps, clientId, run } = transfer;
  return transfer.inLine(`${clientId} ${kind}`, async () => {
    const lease = await takeLease(transfer, kind);
    const stopRenewing = keepRenewing(deps, () => deps.entities.renewLease(lease), run.log);
    const intent: SendIntent = {
      kind: 'create',
      clientId,
      entity: kind,
      fence: lease.fence,
      epoch: lease.epoch,
    };
    try {
      const found = await work(intent, lease).catch((error: unknown) => giveBack(transfer, lease, error));
      await deps.entities.free(lease, found);
      return found;
    } finally {
      stopRenewing();
    }
  });
}

/** Free the lease; only what proves that nothing was created lets a successor search at once. */
async function giveBack({ deps }: Transfer, lease: CreateLease, error: unknown): Promise<never> {
  const isUnknown = error instanceof OutcomeUnknown || !(error instanceof TransferFailure);
  await deps.entities.free(lease, isUnknown ? 'outcome_unknown' : 'nothing_written');
  if (!(error instanceof OutcomeUnknown)) throw error;
  throw new Retryable(
    'service.unavailable',
    `the service did not answer when the ${lease.kind} was created; it is looked for once that has settled`,
    { cause: error, retryAfterMs: deps.timing.settleMs },
  );
}

/** Stored so recently that the service may not show it yet: searched for, it would be made again. */
export function mayNotShowYet({ clock, timing }: TransferDeps, { at }: KnownEntity): boolean {
  return clock.now() - at < timing.settleMs;
}

async function takeLease({ deps, clientId, run }: Transfer, kind: EntityKind): Promise<CreateLease> {
  const { clock, entities } = deps;
  const giveUpAt = clock.monotonic() + PATIENCE_MS;
  for (;;) {
    if (run.signal.aborted || clock.monotonic() > giveUpAt) {
      throw new NotNow(
        'transfer.busy',
        clock.now() + 1_000,
        `another job is creating a ${kind} of this company`,
      );
    }
    const answer = await entities.lease(clientId, kind);
    if (answer.kind === 'taken') return answer.lease;
    if (answer.reason !== 'leased') {
      throw new NotNow(
        'transfer.settling',
        clock.now() + answer.waitMs,
        `an earlier create of a ${kind} has an unknown outcome and must settle first`,
      );
    }
    await clock.sleep(Math.min(answer.waitMs, POLL_MS));
  }
}
