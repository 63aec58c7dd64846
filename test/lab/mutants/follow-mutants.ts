/** The guards of following an order: each change is told once, none that did not happen, at a price that nobody feels. */
import { int, LUA, type Mutant, mutant, unit } from './mutant.ts';

const DECISIONS = 'src/domain/following.ts';
const PASS = 'src/following/follow.ts';

export const FOLLOW_MUTANTS: readonly Mutant[] = [
  mutant(
    'follow: what was decided from an older look is written (Lua)',
    `${LUA}/follow-note.lua`,
    "or (record[4] or '') ~= args.from[3] then",
    'then',
    int.following,
  ),
  mutant(
    'follow: an order is gone when it was missed once',
    DECISIONS,
    'if (orderMissedAt !== undefined && nowMs - orderMissedAt >= timing.settleMs) {',
    'if (timing.settleMs > 0) {',
    unit.following,
  ),
  mutant(
    'follow: a difference is told at each look',
    DECISIONS,
    'if (JSON.stringify(differences) !== JSON.stringify(before))',
    'if (differences.length > 0)',
    unit.following,
  ),
  mutant(
    'follow: a payment that was taken back is not told',
    DECISIONS,
    'if (paidOn === undefined && followed.paidOn !== undefined)',
    'if (paidOn === undefined && followed.paidOn === null)',
    unit.following,
  ),
  mutant(
    'follow: it never ends',
    DECISIONS,
    'if (ageSteps >= STEPS_IN_ALL) return undefined;',
    '',
    unit.following,
  ),
  mutant(
    'follow: a shop that switched it off is followed',
    PASS,
    'return shop.settings.followOrders ? shop : undefined;',
    'return shop;',
    int.following,
  ),
  mutant(
    'follow: orders from before leave in a request each',
    PASS,
    'at: nextLookAt(clientId, nowMs, stepsUntil(index) * everyMs, timing)',
    'at: nowMs + stepsUntil(index) * everyMs - ((clientId.length * index * 7_919_000) % everyMs)',
    int.following,
  ),
];
