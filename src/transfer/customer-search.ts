/**
 * Whether a look by our mark must precede the create of a customer.
 *
 * Which e-mail slots the service searches is not documented (24seven.md §14, 4). Where it ignores those we
 * write, a store that came back empty would make every private person twice; the look by ExternalId finds
 * them. It costs a request for each new customer, and cannot be joined; so it is left out where the search
 * by e-mail has been seen to find one of ours.
 */

import type { Customer } from '../domain/books.ts';
import { customerKeys } from '../domain/customer.ts';
import { provesEmailSearch } from '../domain/customer-mark.ts';
import { TransferFailure } from '../errors.ts';
import type { Transfer } from './context.ts';

const PROVEN = 'finds ours';
/** A customer just made may not show yet; after so many misses the search is taken not to find them. */
const MOST_PROBES = 3;

export async function emailSearchFindsOurs({ deps, clientId }: Transfer): Promise<boolean> {
  return (await deps.facts.get(clientId, 'emailSearch')) === PROVEN;
}

/** What a search by the invoice's e-mail brought up may be the proof. */
export async function noteEmailHits(transfer: Transfer, hits: readonly Customer[]): Promise<void> {
  const { deps, clientId, content } = transfer;
  if (!provesEmailSearch(content.job.customer.email, hits) || (await emailSearchFindsOurs(transfer))) return;
  await deps.facts.set(clientId, 'emailSearch', PROVEN);
}

/** Look once by e-mail for the customer just made: one request, for the first new customers of a company. */
export async function probeEmailSearch(transfer: Transfer): Promise<void> {
  const { deps, clientId, books, content, probing } = transfer;
  const known = await deps.facts.get(clientId, 'emailSearch');
  const misses = Number(known ?? 0);
  if (known === PROVEN || misses >= MOST_PROBES || probing.has(clientId)) return;
  probing.add(clientId);
  try {
    const { email } = customerKeys(content.job.customer);
    const isFound = provesEmailSearch(email, await books.findCustomersByEmail(email));
    await deps.facts.set(clientId, 'emailSearch', isFound ? PROVEN : String(misses + 1));
  } catch (error) {
    // The next new customer asks again.
    if (!(error instanceof TransferFailure)) throw error;
  } finally {
    probing.delete(clientId);
  }
}
