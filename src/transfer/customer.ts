/** R3, R4, R5: find the customer, update what differs, create who is new. */
import type { TransferResult } from '../contract/results.ts';
import type { Customer } from '../domain/books.ts';
import {
  type CustomerDecision,
  type CustomerLike,
  customerFacts,
  customerKeys,
  decideCustomer,
  decideCustomerDraft,
  decideCustomerUpdate,
  matchesFacts,
  naturalKeys,
} from '../domain/customer.ts';
import { customerMark, decideByMark } from '../domain/customer-mark.ts';
import { NotNow, Terminal } from '../errors.ts';
import type { Transfer } from './context.ts';
import { emailSearchFindsOurs, noteEmailHits, probeEmailSearch } from './customer-search.ts';
import { type Found, mayNotShowYet, underCreateLease } from './find-or-create.ts';
import { lookAtCustomer } from './look.ts';
import { findPinned, PinGone } from './pinned-customer.ts';
import type { SendIntent } from './ports/intents.ts';

interface EnsuredCustomer extends Found {
  how: TransferResult['customer'];
  /** As 24SevenOffice has it, where the customer was read. */
  currency?: string | undefined;
}

/** @returns the customer's id; `transfer.warnings` gets what a person should know */
export async function ensureCustomer(
  transfer: Transfer,
): Promise<Pick<EnsuredCustomer, 'id' | 'how' | 'currency'>> {
  const keys = naturalKeys(transfer.clientId, transfer.content.job.customer);
  const look: Look = { mayBeOurs: false };
  const ensured =
    (await pinnedCustomer(transfer)) ??
    (await knownCustomer(transfer, look)) ??
    (await underCreateLease(transfer, 'customer', keys, {
      // Whoever had the lease before us may have made this very customer.
      find: async (lease) => {
        look.mayBeOurs ||= lease.creatingSince !== undefined;
        return (await knownCustomer(transfer, look)) ?? searchCustomer(transfer, look);
      },
      create: (intent) => createCustomer(transfer, intent),
    }));
  if (ensured.how === 'created') await probeEmailSearch(transfer);
  return ensured;
}

/** A later attempt that has nothing to change keeps the `created` or `updated` of an earlier one. */
export async function noteCustomer(
  { deps, claim }: Transfer,
  { id, how }: { id: number; how: TransferResult['customer'] },
): Promise<void> {
  const before = claim.record.customer;
  const customer = how === 'unchanged' ? (before ?? how) : before === 'created' ? before : how;
  if (claim.record.customerId === id && before === customer) return;
  await deps.records.note(claim, { customerId: id, customer }, { step: 'customer', customerId: id, how });
}

/** As a person has chosen: before anything known or found. */
async function pinnedCustomer(transfer: Transfer): Promise<EnsuredCustomer | undefined> {
  const pinned = await findPinned(transfer).catch((error: unknown) =>
    refuseAfterLook(transfer, error instanceof PinGone ? [{ id: error.customerId }] : [], error),
  );
  return pinned && useCustomer(transfer, pinned);
}

interface Look {
  /** We may have made this customer, in this life of the store: it is looked for by our mark in any case. */
  mayBeOurs: boolean;
}

/** By an id kept from an earlier transfer: one joined read instead of searches. */
async function knownCustomer(transfer: Transfer, look: Look): Promise<EnsuredCustomer | undefined> {
  const { deps, clientId, books, content } = transfer;
  const customer = content.job.customer;
  const [strongest] = naturalKeys(clientId, customer);
  const known = await deps.entities.known(clientId, 'customer', strongest);
  if (known === undefined) return undefined;
  look.mayBeOurs = true;
  const existing = await books.getCustomer(known.id);
  if (existing === undefined) return freshlyMade(transfer, strongest);
  const decision = decideCustomer(
    customer,
    { byOrganizationNumber: [existing], byEmail: [existing] },
    'reject',
  );
  if (decision.kind === 'match') return useCustomer(transfer, existing);
  await deps.entities.forget(clientId, 'customer', [strongest]);
  return undefined;
}

/** A customer made so recently that the service may not show it yet is recognised by its stored facts. */
async function freshlyMade(transfer: Transfer, key: string): Promise<EnsuredCustomer | undefined> {
  const { deps, clientId, content } = transfer;
  const customer = content.job.customer;
  const known = await deps.entities.known(clientId, 'customer', key);
  if (known === undefined) return undefined;
  const isFresh = mayNotShowYet(transfer, known);
  if (isFresh && matchesFacts(clientId, known.facts ?? {}, customer)) {
    return { id: known.id, how: 'unchanged', keys: [] };
  }
  if (!isFresh) await deps.entities.forget(clientId, 'customer', [key]);
  return undefined;
}

async function searchCustomer(transfer: Transfer, look: Look): Promise<EnsuredCustomer | undefined> {
  const { books, shop, clientId, content, warnings } = transfer;
  const customer = content.job.customer;
  const { organizationNumber, email } = customerKeys(customer);
  const decide = (byOrganizationNumber: Customer[], byEmail: Customer[]): CustomerDecision =>
    decideCustomer(customer, { byOrganizationNumber, byEmail }, shop.ambiguousCustomer);

  let decision: CustomerDecision = { kind: 'none' };
  let byEmail: Customer[] = [];
  if (organizationNumber !== undefined) {
    decision = decide(await books.findCustomersByOrganizationNumber(organizationNumber), []);
  }
  if (decision.kind === 'none') {
    byEmail = await books.findCustomersByEmail(email);
    await noteEmailHits(transfer, byEmail);
    decision = decide([], byEmail);
  }
  if (decision.kind === 'none' && (look.mayBeOurs || !(await emailSearchFindsOurs(transfer)))) {
    const hits = await books.findCustomersByExternalId(customerMark(clientId, customer));
    const made = decideByMark(clientId, customer, hits);
    if (made !== undefined) return useCustomer(transfer, made);
  }
  if (decision.kind === 'rejected') {
    return refuseAfterLook(transfer, byEmail, new Terminal(decision.code, decision.message));
  }
  if (decision.kind === 'match') {
    warnings.push(...decision.warnings);
    return useCustomer(transfer, decision.customer);
  }
  // A job that had only the e-mail may have made it just now, and a search does not show it yet. Its id is
  // stored under the organisation number, too.
  const [strongest, ...weaker] = naturalKeys(clientId, customer);
  for (const key of weaker) {
    const made = await freshlyMade(transfer, key);
    const { draft } = decideCustomerDraft(customer, shop, clientId);
    if (made !== undefined) return { ...made, keys: [strongest], facts: customerFacts(clientId, draft) };
  }
  return undefined;
}

async function useCustomer(transfer: Transfer, existing: Customer): Promise<EnsuredCustomer> {
  const { books, content, warnings } = transfer;
  const decision = decideCustomerUpdate(existing, content.job.customer);
  if (decision.kind === 'update') {
    await books
      .updateCustomer(decision.update)
      .catch((error: unknown) => refuseAfterLook(transfer, [existing], error));
    warnings.push(...decision.warnings);
  }
  const how = decision.kind === 'update' ? 'updated' : 'unchanged';
  return { ...remembered(transfer, existing.id, how, existing), currency: existing.currencyId };
}

async function createCustomer(transfer: Transfer, intent: SendIntent): Promise<EnsuredCustomer> {
  const { books, shop, clientId, content, warnings } = transfer;
  const { draft, warnings: drafted } = decideCustomerDraft(content.job.customer, shop, clientId);
  const id = await books
    .createCustomer(draft, intent)
    .catch((error: unknown) => refuseAfterLook(transfer, [], error));
  warnings.push(...drafted);
  return remembered(transfer, id, 'created', draft);
}

/**
 * A refusal ends `rejected` only where a look found no order. Where the mark alone proves nothing yet, the
 * look goes through the customers that may be meant; an order found there is adopted, and the job runs again.
 */
async function refuseAfterLook(
  transfer: Transfer,
  candidates: Pick<Customer, 'id'>[],
  refusal: unknown,
): Promise<never> {
  if (refusal instanceof Terminal && !transfer.lookedAndFoundNone) {
    for (const { id } of candidates) {
      if ((await lookAtCustomer(transfer, id)) === undefined) continue;
      throw new NotNow(
        'transfer.busy',
        transfer.deps.clock.now(),
        "this invoice's order was found at a customer; the job goes on with it",
      );
    }
    transfer.lookedAndFoundNone = true;
  }
  throw refusal;
}

function remembered(
  { clientId, content }: Transfer,
  id: number,
  how: EnsuredCustomer['how'],
  like: CustomerLike,
): EnsuredCustomer {
  const keys = naturalKeys(clientId, content.job.customer);
  return { id, how, keys, facts: customerFacts(clientId, like) };
}
