/** The guards that keep one shop from stopping another. */
import { BOOKS, int, LUA, type Mutant, mutant, unit } from './mutant.ts';

const FAULTS = `${BOOKS}/wire/faults.ts`;
const VERIFY = 'src/onboarding/verify-shop.ts';
const PINS = 'src/transfer/pinned-customer.ts';

export const SHOP_MUTANTS: readonly Mutant[] = [
  mutant(
    'chosen customer: one of another company is taken',
    PINS,
    'if (pin === undefined || pin.clientId !== clientId) return undefined;',
    'if (pin === undefined) return undefined;',
    unit.pins,
  ),
  mutant(
    'chosen customer: one that is gone is searched for',
    PINS,
    'if (chosen === undefined) throw new PinGone(pin, shopId, key);',
    'if (chosen === undefined) return undefined;',
    unit.pins,
  ),
  mutant(
    'chosen customer: gets the invoice of another company',
    PINS,
    'return isOtherCompany(chosen, customer) ? undefined : chosen;',
    'return chosen;',
    unit.pins,
  ),
  mutant(
    'chosen customer: anybody may be chosen',
    'src/transfer/choose-customer.ts',
    'if (!(await candidates(job)).some(({ id }) => id === customerId)) {',
    'if ((await candidates(job)).length === 0) {',
    unit.pins,
  ),
  mutant(
    'own words: a wording is believed wherever it stands',
    FAULTS,
    '/^(limit exceeded)',
    '/(limit exceeded)',
    unit.faults,
  ),
  mutant(
    'own words: what we sent decides',
    FAULTS,
    'words !== undefined && !said.holds(words)',
    'words !== undefined',
    unit.faults,
  ),
  mutant(
    "own words: an entity's exception is a refusal of rights to all",
    FAULTS,
    "const signal = exception.hasId ? 'unclear' : (typed ?? other);",
    "const signal = exception.hasId ? 'unclear' : typed === 'entity_denied' ? 'permission_missing' : (typed ?? other);",
    unit.faults,
  ),
  mutant(
    'own words: masking collects anew for each refusal',
    `${BOOKS}/wire/mask.ts`,
    'collected ??= collect(said);',
    'collected = collect(said);',
    unit.mask,
  ),
  mutant(
    'one broken entity: fails the whole look-up',
    `${BOOKS}/operations.ts`,
    "const spoilt = like('same') ?? (isNone(value) ? like('silent') : undefined);",
    'const spoilt = broken[0];',
    unit.mapping,
  ),
  mutant(
    'one broken entity: passed over although it may be the one',
    `${BOOKS}/operations.ts`,
    "const spoilt = like('same') ?? (isNone(value) ? like('silent') : undefined);",
    "const spoilt = like('same');",
    unit.mapping,
  ),
  mutant(
    'quota: any number is taken for a count',
    `${BOOKS}/dispatch/quota.ts`,
    '!WHOLE_NUMBER.test(remaining)',
    'remaining === ""',
    unit.dispatcher,
  ),
  mutant(
    'quota: rubbish that is kept is believed (Lua)',
    `${LUA}/quota.lua`,
    'return n and n >= least and n <= most and n or nil',
    'return n',
    int.quotaRubbish,
  ),
  mutant(
    'turns: status checks count as invoices',
    'src/store/keys.ts',
    'queue === INVOICE_TRANSFER ? `${prefix}:outstanding` : `${prefix}:outstanding:${queue}`',
    '`${prefix}:outstanding${queue === INVOICE_TRANSFER ? "" : ""}`',
    int.producer,
  ),
  mutant(
    'turns: a long queue is never counted to its end',
    'src/queue/recount.ts',
    'await outstanding.putAside({ ...recount, at: end });',
    'await outstanding.putAside({ ...recount, at: 0 });',
    int.priorities,
  ),
  mutant(
    'turns: a job that was not added stays counted',
    'src/queue/add-job.ts',
    'if (addedId !== jobId) await',
    'if (false) await',
    unit.addJob,
  ),
  mutant(
    'turns: jobs without a priority stay first',
    'workers/queue-worker.ts',
    'priorities.watch(job);',
    '',
    int.priorities,
  ),
  mutant(
    'company: another one than before passes',
    VERIFY,
    'if (before === undefined || before === clientId) return [];',
    'if (before !== clientId) return [];',
    unit.verify,
  ),
  mutant(
    'company: a disabled namesake does not count',
    VERIFY,
    'if (new Set(wanted.map(({ clientId }) => clientId)).size > 1) {',
    'if (new Set(wanted.filter((one) => !one.isDisabled).map(({ clientId }) => clientId)).size > 1) {',
    unit.verify,
  ),
  mutant(
    'company: a verify beside a shop add ties the shop (Lua)',
    `${LUA}/shop-verified.lua`,
    'if name ~= ARGV[4] or named ~= ARGV[5] or',
    'if',
    int.shops,
  ),
  mutant(
    'company: forgotten when the shop is added under another name (Lua)',
    `${LUA}/shop-save.lua`,
    "redis.call('HSET', KEYS[2], 'formerClientId', before[2])",
    '',
    int.shops,
  ),
];
