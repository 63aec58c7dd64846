/** What keeps an invoice from vanishing: whatever breaks around its job, it waits or ends with a record. */
import { int, LUA, type Mutant, mutant, TRANSFER, unit } from './mutant.ts';

const WORKERS = 'workers';

export const VANISH_MUTANTS: readonly Mutant[] = [
  mutant(
    "retention: one job's is applied to all that have ended",
    `${WORKERS}/queues.ts`,
    'if (opts[when] !== true)',
    'if (false)',
    int.nothingVanishes,
  ),
  mutant(
    'retention: a look that found nothing stays among the failed',
    `${TRANSFER}/sweep.ts`,
    'await jobs.add(record.payload, { isLook: true });',
    'await jobs.add(record.payload);',
    unit.sweep,
  ),
  mutant(
    'job ends: by an error that nobody has translated',
    `${WORKERS}/queues.ts`,
    'Object.assign(opts, NEVER_ENDED);',
    '',
    int.nothingVanishes,
  ),
  mutant(
    'job ends: before its invoice has an end',
    `${WORKERS}/translate.ts`,
    '(await mayEnd(job, end, log, translation))',
    'true',
    unit.translate,
  ),
  mutant(
    'full Redis: what only tells the story decides about the job',
    `${WORKERS}/translate.ts`,
    'await Promise.allSettled(writes)',
    '(await Promise.all(writes), [] as PromiseSettledResult<unknown>[])',
    unit.translate,
  ),
  mutant(
    'full Redis: costs attempts',
    'src/errors.ts',
    'STORE_REFUSES.test(error.message)',
    'false',
    unit.translate,
  ),
  mutant(
    'shop settings of another version: are a bug',
    'src/store/shops.ts',
    'if (!parsed.success) {',
    'if (!parsed.success && parsed.error.cause) {',
    int.nothingVanishes,
  ),
  mutant(
    'payload of another version: its invoice never ends',
    `${TRANSFER}/refuse.ts`,
    "if (answer === 'not own') throw refused;",
    'throw refused;',
    unit.refusals,
  ),
  mutant(
    'job given up: its invoice is left without an end',
    `${TRANSFER}/refuse.ts`,
    'await end({ records }, answer, job, { code, message });',
    'await records.release(answer);',
    unit.refusals,
  ),
  mutant(
    'sweep: an invoice of a shop that is switched off is looked at',
    `${TRANSFER}/sweep.ts`,
    'if (!(error instanceof Rejected)) throw error;',
    'throw error;',
    unit.sweep,
  ),
  mutant(
    'sweep: what rests is never due again (Lua)',
    `${LUA}/wake.lua`,
    "redis.call('ZADD', KEYS[1], 'LT', resting[i + 1], resting[i])",
    '',
    { ...int.store, only: /^the store in Redis agenda/ },
  ),
  mutant(
    'sweep: an invoice without its content is left under way',
    `${TRANSFER}/sweep.ts`,
    'if (record.payload === undefined) return endWithoutContent(deps, key, record);',
    "if (record.payload === undefined) return 'failed';",
    unit.sweep,
  ),
  mutant(
    'replicas: a job counts as added before one has it',
    'src/producer.ts',
    'if (!(await isCopied())) throw',
    'if (false) throw',
    int.replicas,
  ),
  mutant(
    'replicas: judged once, at start',
    'src/store/replicas.ts',
    'now - judgedAt > JUDGED_EVERY_MS',
    'judgedAt === Number.NEGATIVE_INFINITY',
    int.replicas,
  ),
  mutant(
    'replicas: an intent leaves before one has it',
    'src/store/intents.ts',
    'if (await replicas.haveAll()) return answers;',
    'return answers;',
    int.replicas,
  ),
  mutant(
    'job data that is no JSON: stops every reader',
    'src/ops/readable-jobs.ts',
    "{ ...json, data: 'null' }",
    'json',
    int.unreadableJobs,
  ),
];
