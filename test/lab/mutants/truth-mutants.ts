/** The guards of "an answer must be true". */
import { DECISIONS, int, LUA, type Mutant, mutant, TRANSFER, unit } from './mutant.ts';

export const TRUTH_MUTANTS: readonly Mutant[] = [
  mutant(
    'paid: in the year 1900',
    'src/domain/service-date.ts',
    'const FIRST_REAL_YEAR = 2000;',
    'const FIRST_REAL_YEAR = 1900;',
    unit.payment,
  ),
  mutant(
    'customers: made without a look by our mark',
    `${TRANSFER}/ensure-customer.ts`,
    '(look.mayBeOurs || !(await emailSearchFindsOurs(transfer)))',
    'look.mayBeOurs',
    unit.findOrCreate,
  ),
  mutant(
    'customers: one that we knew is made again',
    `${TRANSFER}/ensure-customer.ts`,
    'look.mayBeOurs = true;',
    '',
    unit.findOrCreate,
  ),
  mutant(
    'customers: whoever a search by our mark brings up is ours',
    'src/domain/customer-mark.ts',
    'externalId === mark && ',
    '',
    unit.findOrCreate,
  ),
  mutant(
    'verify: another currency is called done',
    `${TRANSFER}/verify-order.ts`,
    'const foreign = currencyDifference(order.currency, shop.currency);',
    'const foreign = undefined;',
    unit.readBack,
  ),
  mutant(
    'verify: the currency is never sent',
    'src/domain/currency.ts',
    'return isForeign(customers, own) ? own : undefined;',
    'return undefined;',
    unit.readBack,
  ),
  mutant(
    'people: a confirmed content is forgotten',
    `${TRANSFER}/verify-order.ts`,
    '...(confirmation && { sentHash: content.hash, sentRevision: content.job.invoice.revision }),',
    '',
    unit.people,
  ),
  mutant(
    'revision check: a delayed click of the same revision wins',
    DECISIONS,
    'return newestAt !== undefined && job.requestedAt < newestAt && job.contentHash !== newestHash;',
    'return false;',
    unit.revisions,
  ),
  mutant(
    'revision check: an earlier content leaves after all (Lua)',
    `${LUA}/intent.lua`,
    'tonumber(held[6]) > tonumber(ARGV[at + 7])',
    'false',
    int.store,
  ),
  mutant(
    'revision check: an earlier click is taken for the newest (Lua)',
    `${LUA}/claim.lua`,
    '(tonumber(ARGV[10]) or 0) > tonumber(record[6])',
    'true',
    int.store,
  ),
];
