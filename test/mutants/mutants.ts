/** The guards of "one order, exactly once", each taken out by hand, and the tests that should notice. */

interface Edit {
  file: string;
  /** Stands in the file exactly once. */
  text: string;
  replacement: string;
}

export interface Mutant {
  /** The guard, and what of it is gone. */
  name: string;
  edits: Edit[];
  /** Run in this order until one fails. */
  tests: Tests[];
}

export interface Tests {
  file: string;
  /** Those of it that matter here, by the begin of their name. */
  only?: RegExp;
}

const unit = {
  decisions: { file: 'test/domain/transfer.test.ts' },
  exactlyOnce: { file: 'test/transfer/exactly-once.test.ts' },
  sends: { file: 'test/transfer/sends.test.ts' },
  ends: { file: 'test/transfer/ends.test.ts' },
  revisions: { file: 'test/transfer/revisions.test.ts' },
  readBack: { file: 'test/transfer/read-back.test.ts' },
  findOrCreate: { file: 'test/transfer/find-or-create.test.ts' },
  dispatcher: { file: 'test/twentyfourseven/dispatcher.test.ts' },
  session: { file: 'test/twentyfourseven/session.test.ts' },
};
const int = {
  store: {
    file: 'test/store/contract.int.test.ts',
    only: /^the store in Redis (records|intents|entities) /,
  },
  epoch: { file: 'test/store/epoch.int.test.ts' },
  soap: { file: 'test/twentyfourseven/soap.int.test.ts' },
};

const mutant = (
  name: string,
  file: string,
  text: string,
  replacement: string,
  ...tests: Tests[]
): Mutant => ({
  name,
  edits: [{ file, text, replacement }],
  tests,
});

const LUA = 'src/store/lua';
const TRANSFER = 'src/transfer';
const BOOKS = 'src/twentyfourseven';
const DECISIONS = 'src/domain/transfer.ts';

export const MUTANTS: readonly Mutant[] = [
  mutant(
    'look first: sent without a look',
    `${TRANSFER}/transfer-invoice.ts`,
    "let order = await step(transfer, 'look', () => lookFirst(transfer));",
    'let order = await Promise.resolve(undefined as never); transfer.lookedAndFoundNone = true;',
    unit.exactlyOnce,
  ),
  mutant(
    'look first: nothing found by an unproven search is believed',
    `${TRANSFER}/place-order.ts`,
    'if (hits.length > 0 || (await markIsSearchable(transfer)))',
    'if (hits.length >= 0)',
    unit.exactlyOnce,
  ),
  mutant(
    'settle wait: a look right after the send is believed',
    DECISIONS,
    "if (at < settled) return { do: 'wait', untilMs: settled };",
    '',
    unit.sends,
  ),
  mutant(
    'missed twice: one miss is enough',
    DECISIONS,
    "if (record.missedAt === undefined) return { do: 'note_miss' };",
    '',
    unit.sends,
  ),
  mutant(
    'missed twice: the second look follows the first at once',
    DECISIONS,
    'Math.max(record.sentAt ?? 0, record.missedAt ?? 0)',
    '(record.sentAt ?? 0)',
    unit.sends,
  ),
  mutant(
    'missed twice: a miss before the second send counts for it (Lua)',
    `${LUA}/intent.lua`,
    "redis.call('HDEL', key, 'missedAt')",
    '',
    int.store,
  ),
  mutant('fence: any worker writes (Lua)', `${LUA}/write.lua`, 'or record[1] ~= ARGV[3] ', '', int.store),
  mutant('fence: any worker sends (Lua)', `${LUA}/intent.lua`, 'or held[1] ~= fence ', '', int.store),
  mutant(
    'fence: any worker frees a create (Lua)',
    `${LUA}/create-free.lua`,
    'or held[1] ~= ARGV[3] ',
    '',
    int.store,
  ),
  mutant(
    'fence: a claim given back still sends (Lua)',
    `${LUA}/intent.lua`,
    ' or not held[5] then',
    ' then',
    int.store,
  ),
  mutant(
    'lease: two workers claim one record (Lua)',
    `${LUA}/claim.lua`,
    "return { 'leased', digits(tonumber(record[2]) - now) }",
    '',
    int.store,
  ),
  mutant(
    'epoch: not checked at a write (Lua)',
    `${LUA}/write.lua`,
    'if epoch ~= ARGV[4] or record[1] ~= ARGV[3] or record[2] ~= ARGV[4] then',
    'if record[1] ~= ARGV[3] then',
    int.store,
  ),
  mutant(
    'epoch: not checked at the send (Lua)',
    `${LUA}/intent.lua`,
    'epoch ~= claimed_epoch or held[1] ~= fence or held[2] ~= claimed_epoch or',
    'held[1] ~= fence or',
    int.store,
  ),
  mutant(
    'epoch: a restarted Redis is taken for the same (Lua)',
    `${LUA}/prelude.lua`,
    'if known[1] and known[2] == run_id then',
    'if known[1] then',
    int.epoch,
    int.store,
  ),
  mutant(
    'epoch: no quiet time after it changed (Lua)',
    `${LUA}/claim.lua`,
    'if now < quiet_until then',
    'if false then',
    int.store,
  ),
  mutant(
    'intent at the send: none is written',
    `${BOOKS}/dispatcher.ts`,
    "...(operation.effect === 'create' && { beforeWrite: () => writeIntents(batch, refusals) }),",
    '',
    unit.dispatcher,
  ),
  mutant(
    'intent at the send: its refusal is not heeded',
    `${BOOKS}/dispatcher.ts`,
    'if (refusals.size > 0) throw new Withheld();',
    '',
    unit.dispatcher,
  ),
  mutant(
    'intent at the send: the record does not say that it leaves (Lua)',
    `${LUA}/intent.lua`,
    "'state', 'sending', 'sentAt', digits(now), ",
    "'sentAt', digits(now), ",
    int.store,
  ),
  mutant(
    'intent at the send: a bug beside the save proves that nothing was written',
    `${TRANSFER}/place-order.ts`,
    'error instanceof TransferFailure && !(error',
    '!(error',
    unit.sends,
  ),
  mutant(
    'send window: a late write leaves all the same',
    `${BOOKS}/http.ts`,
    "if (isLate) throw new HttpProblem('send_window');",
    '',
    int.soap,
  ),
  mutant(
    'send window: not by the wall clock',
    `${BOOKS}/http.ts`,
    'Math.abs(clock.now() - wall) > sendWindowMs || ',
    '',
    int.soap,
  ),
  mutant(
    'send window: not by the monotonic clock',
    `${BOOKS}/http.ts`,
    ' || clock.monotonic() - monotonic > sendWindowMs',
    '',
    int.soap,
  ),
  {
    name: 'send window: written after the call had timed out (told twice: ended, and never begun)',
    edits: [
      {
        file: `${BOOKS}/http.ts`,
        text: "if (isOver || request.destroyed) throw new HttpProblem('network', 'ECONNRESET');",
        replacement: '',
      },
      { file: `${BOOKS}/http.ts`, text: 'request.destroy();', replacement: '' },
    ],
    tests: [{ ...int.soap, only: /takes longer than the timeout/ }],
  },
  mutant(
    'no retry of saves: one of unknown outcome is sent again',
    `${BOOKS}/dispatcher.ts`,
    "if (verdict.signal === 'session_lost') {\n      const [first]",
    "if (verdict.written !== 'no' || verdict.signal === 'session_lost') {\n      const [first]",
    unit.dispatcher,
  ),
  mutant(
    'verify: other sums are called done',
    `${TRANSFER}/verify-order.ts`,
    '!(comparison.agrees || confirmation?.acceptDifference === true)',
    'false',
    unit.readBack,
  ),
  mutant(
    'verify: a second order under the mark is overlooked',
    `${TRANSFER}/verify-order.ts`,
    'if (ours.length > 1 || (first !== undefined && first.orderId !== record.orderId)) {',
    'if (false) {',
    unit.readBack,
  ),
  mutant(
    'verify: an order that does not show is gone at once',
    `${TRANSFER}/verify-order.ts`,
    "waitUntilSettled(transfer, since, 'the order was created but does not show yet');",
    'void since;',
    unit.readBack,
  ),
  mutant(
    'lease on find-or-create: two create at once (Lua)',
    `${LUA}/create-lease.lua`,
    "return { 'leased', digits(tonumber(held[1]) - now) }",
    '',
    int.store,
  ),
  mutant(
    'lease on find-or-create: what its last holder has made is not asked for (customer)',
    `${TRANSFER}/ensure-customer.ts`,
    'find: async (lease) => (await knownCustomer(transfer)) ?? searchCustomer(transfer, lease),',
    'find: async (lease) => searchCustomer(transfer, lease),',
    unit.findOrCreate,
  ),
  mutant(
    'lease on find-or-create: what its last holder has made is not asked for (product)',
    `${TRANSFER}/ensure-product.ts`,
    'find: async () => (await kept()) ?? findProduct(transfer, key),',
    'find: async () => findProduct(transfer, key),',
    unit.findOrCreate,
  ),
  mutant(
    'lease on find-or-create: a late create leaves (Lua)',
    `${LUA}/intent.lua`,
    'if epoch ~= claimed_epoch or held[1] ~= fence or held[2] ~= claimed_epoch or not held[5] then',
    "if kind ~= 'create' and (epoch ~= claimed_epoch or held[1] ~= fence or held[2] ~= claimed_epoch or not held[5]) then",
    int.store,
  ),
  mutant(
    'lease on find-or-create: those who want the same go at once',
    `${TRANSFER}/find-or-create.ts`,
    'const after = all.findLastIndex(({ keys }) => one.keys.some((key) => keys.has(key)));',
    'const after = -1;',
    unit.findOrCreate,
  ),
  mutant(
    'create settle: the successor searches at once (Lua)',
    `${LUA}/create-lease.lua`,
    "return { 'settling', digits(tonumber(held[3]) + tonumber(ARGV[2]) - now) }",
    '',
    int.store,
  ),
  mutant(
    'create settle: an unknown outcome is forgotten',
    `${TRANSFER}/find-or-create.ts`,
    "isUnknown ? 'outcome_unknown' : 'nothing_written'",
    "'nothing_written'",
    unit.findOrCreate,
  ),
  mutant(
    'create settle: one made just now is searched for, and not found',
    `${TRANSFER}/ensure-customer.ts`,
    'if (existing === undefined) return freshlyMade(transfer, strongest);',
    'if (existing === undefined) return undefined;',
    unit.findOrCreate,
  ),
  mutant(
    'identity check: a session is taken as it comes',
    `${BOOKS}/session.ts`,
    "if (moved !== undefined) throw await pass.refused('identity', moved);",
    '',
    unit.session,
  ),
  mutant(
    'identity check: not before a save, where sessions have moved',
    `${BOOKS}/session.ts`,
    'if (!(await confirmBeforeSaves())) return session;',
    'return session;',
    unit.session,
  ),
  {
    name: 'unresolved never sends: it is begun like any other (look, decision and Lua)',
    edits: [
      {
        file: `${TRANSFER}/place-order.ts`,
        text: "if (order === undefined && record.state === 'unresolved') {",
        replacement: 'if (false) {',
      },
      {
        file: DECISIONS,
        text: "if (record.state === 'unresolved') {\n    return { do: 'unresolved', code: record.code",
        replacement: "if (false) {\n    return { do: 'unresolved', code: record.code",
      },
    ],
    tests: [unit.ends],
  },
  mutant(
    'unresolved never sends: its intent is let through (Lua)',
    `${LUA}/intent.lua`,
    "elseif held[3] ~= 'preparing' and held[3] ~= 'sending' then",
    'elseif false then',
    int.store,
  ),
  mutant(
    'revision check: an older one is begun',
    DECISIONS,
    "if (job.revision < record.revision) return { do: 'refuse', code: 'invoice.superseded' };",
    '',
    unit.revisions,
  ),
  mutant(
    'revision check: an older one leaves after all (Lua)',
    `${LUA}/intent.lua`,
    'elseif tonumber(held[4]) > tonumber(ARGV[at + 4]) then',
    'elseif false then',
    int.store,
  ),
  mutant(
    'revision check: a newer one is not known while another has the lease (Lua)',
    `${LUA}/claim.lua`,
    "redis.call('HSET', KEYS[2], 'revision', ARGV[5])\nend",
    'end',
    int.store,
  ),
  mutant(
    'rejected only where no order can stand: after an unknown outcome',
    DECISIONS,
    '!record.unknownOutcome &&',
    '',
    unit.ends,
    unit.sends,
    unit.decisions,
  ),
  mutant(
    'rejected only where no order can stand: with an order id known',
    DECISIONS,
    'record.orderId === undefined &&\n    (lookedAndFoundNone',
    '(lookedAndFoundNone',
    unit.ends,
    unit.decisions,
  ),
  mutant(
    'rejected only where no order can stand: without a look',
    DECISIONS,
    '(lookedAndFoundNone || nothingTried)',
    'true',
    unit.ends,
  ),
  mutant(
    'one event for each end: a second one is written (Lua)',
    `${LUA}/write.lua`,
    "if ARGV[7] ~= '' and ARGV[7] ~= record[3] then",
    "if ARGV[7] ~= '' then",
    int.store,
  ),
  mutant(
    'mark: another reference under our number is "not found"',
    DECISIONS,
    'if (disputed.length > 0) {',
    'if (false) {',
    unit.exactlyOnce,
  ),
  mutant(
    'a person asked: "ask" sends again',
    DECISIONS,
    "return afterUnknown === 'resend'\n",
    'return true\n',
    unit.sends,
  ),
];
