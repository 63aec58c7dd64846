/**
 * Runs the models: `node --max-old-space-size=12000 test/lab/model/run.mjs [small | all | without | wider] [part of a name]`.
 * Exit code 1 if a configuration with all rules fails, or if one without a rule shows no harm although it should.
 */
import process from 'node:process';
import { RULES as BATCH_RULES, batchModel } from './batch.mjs';
import { RULES as CUSTOMER_RULES, customerModel } from './customer.mjs';
import { explore } from './engine.mjs';
import { RULES as ORDER_RULES, orderModel } from './order.mjs';

const MILLION = 1_000_000;
const base = { S: 1, D: 1, L: 1, crash: 0, wipe: 0 };
const noRejected = { ignore: ['rejected while an order may exist'] };
const late = { ...base, late: true, lookErr: false };

const ORDER = {
  crash: { ...base, crash: 1, L: 2 },
  'a person who sees only what is visible': { ...base, crash: 1, fallible: true },
  'a service that denies what it did': { ...base, denies: true },
  'two jobs': { ...base, jobs: 3, lookErr: false },
  'redis emptied': { ...base, wipe: 1 },
  'redis emptied, customer step': { ...base, wipe: 1, cust: true, lookErr: false },
  'redis restarts without its last write': { ...base, roll: 1 },
  'shop or data says no': { ...base, crash: 1, reject: true },
  'shop or data says no, redis emptied': { ...base, wipe: 1, reject: true },
  'revision 2': { ...base, jobs: 3, rev2: true, lookErr: false },
  'machine suspended': { ...base, freeze: 1 },
  'late orders, ask': { ...late, crash: 1, afterUnknown: 'ask' },
  'late orders, ask, shop says no': { ...late, afterUnknown: 'ask', reject: true },
  'late orders, resend': { ...late, allowTwo: true },
};
const CUSTOMER = {
  crash: { crash: 1 },
  'two crashes': { crash: 2, L: 2 },
  emptied: { crash: 0, wipe: 1 },
  'crash, emptied': { crash: 1, wipe: 1 },
  'slower visibility': { S: 2, L: 1, crash: 1, wipe: 1 },
  'in one process': { crash: 1, joined: true },
  'in one process, emptied': { crash: 0, wipe: 1, joined: true },
};
const BATCH = { 'no crash': { crash: 0 }, 'one crash': { crash: 1 } };

/** The assumptions. If one of these does not hold, the promise does not hold either. */
const WIDER = {
  'crash, redis emptied': { ...base, crash: 1, wipe: 1, lookErr: false },
  'settle time 2 ticks, crash': { ...base, S: 2, crash: 1 },
  'late orders, ask, a person who is wrong: detected': {
    ...late,
    ...{ allowTwo: true, afterUnknown: 'ask', fallible: true, ...noRejected },
  },
  'late orders, ask, redis emptied (expected to fail)': {
    ...late,
    ...{ afterUnknown: 'ask', wipe: 1, ...noRejected },
  },
  'late orders, ask, a person who is wrong (expected to fail)': {
    ...late,
    ...{ afterUnknown: 'ask', fallible: true, ...noRejected },
  },
};

/** Configurations in which each rule is needed. An empty list: no harm was found without the rule. */
const NEEDED = {
  uniqueFence: ['redis emptied'],
  quietLook: ['redis emptied'],
  settleFromWrite: ['redis emptied'],
  restartEpoch: ['redis restarts without its last write'],
  rejectNeedsLook: ['shop or data says no'],
  noSkipLook: ['redis emptied, customer step'],
  requestId: ['crash'],
  laterJobKeepsRecord: ['revision 2'],
  wallClock: ['machine suspended'],
  sentRevision: ['revision 2'],
  denialSettles: ['a service that denies what it did'],
  resolveSettles: ['a person who sees only what is visible'],
  unknownNeverRejects: ['late orders, resend'],
  claimedResolve: ['crash'],
  sweepOpen: ['crash'],
  resolveEnqueues: ['crash'],
  lateSweep: ['late orders, resend'],
  verifyId: ['late orders, resend'],
};
/** Harm that shows only after very many states, if at all. Not in the small run. */
const FAR = [
  'unknownNeverRejects',
  'claimedResolve',
  'sweepOpen',
  'lateSweep',
  'resolveEnqueues',
  'verifyId',
];
/** Without these no harm was found, for `lateSweep` and `verifyId` within 14 million states. */
const HARMLESS = ['resolveEnqueues', 'verifyId', 'claimedResolve', 'sweepOpen', 'lateSweep'];

let bad = 0;
function show(title, isExpected, model, max, traces) {
  const startedAt = performance.now();
  const { violations, hangs, complete, states, edges } = explore(model, { max: max * MILLION });
  const found = [...violations, ...hangs.map((hang) => ({ ...hang, name: `unreachable: ${hang.name}` }))];
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  const verdict = found.length > 0 ? 'VIOLATED' : complete ? 'holds' : 'no violation, search cut';
  process.stdout.write(`${verdict} | ${title} | ${states} states, ${edges} edges, ${seconds} s\n`);
  if (isExpected !== undefined && isExpected !== found.length > 0) bad += 1;
  for (const { name, trace, state } of traces ? found.slice(0, 1) : []) {
    process.stdout.write(`    ${[name, ...trace].join('\n      ')}\n      => ${state}\n`);
  }
}

const [mode = 'small', part = ''] = process.argv.slice(2);
const named = (configs) => Object.entries(configs).filter(([name]) => name.includes(part));
const but = (rules, rule) => rules.filter((other) => other !== rule);

if (mode === 'small') {
  show('order, all rules | crash', false, orderModel(ORDER.crash), 0.1);
  show('order, all rules | redis emptied', false, orderModel(ORDER['redis emptied']), 0.1);
  for (const [name, config] of Object.entries(CUSTOMER)) {
    show(`customer, all rules | ${name}`, false, customerModel(config), 1);
  }
  for (const rule of CUSTOMER_RULES) {
    show(
      `customer without ${rule}`,
      true,
      customerModel({ ...CUSTOMER.emptied, crash: 1, rules: but(CUSTOMER_RULES, rule) }),
      1,
    );
  }
  show(
    'joined orders without dropStale',
    true,
    batchModel({ crash: 0, rules: but(BATCH_RULES, 'dropStale') }),
    1,
  );
  for (const rule of ORDER_RULES.filter((one) => !FAR.includes(one))) {
    for (const name of NEEDED[rule]) {
      show(
        `order without ${rule} | ${name}`,
        true,
        orderModel({ ...ORDER[name], rules: but(ORDER_RULES, rule) }),
        1,
      );
    }
  }
}
if (mode === 'all') {
  for (const [name, config] of named(ORDER))
    show(`order, all rules | ${name}`, false, orderModel(config), 40, true);
  for (const [name, config] of named(CUSTOMER))
    show(`customer, all rules | ${name}`, false, customerModel(config), 8, true);
  for (const [name, config] of named(BATCH))
    show(`joined orders, all rules | ${name}`, false, batchModel(config), 14, true);
}
if (mode === 'wider') {
  for (const [name, config] of named(WIDER)) {
    show(`order, all rules | ${name}`, name.endsWith('(expected to fail)'), orderModel(config), 14, true);
  }
}
if (mode === 'without') {
  for (const rule of ORDER_RULES.filter((one) => one.includes(part))) {
    for (const name of NEEDED[rule]) {
      const isExpected = HARMLESS.includes(rule) ? undefined : true;
      show(
        `order without ${rule} | ${name}`,
        isExpected,
        orderModel({ ...ORDER[name], rules: but(ORDER_RULES, rule) }),
        14,
      );
    }
  }
  for (const rule of but(BATCH_RULES, 'uniqueFence')) {
    show(`joined orders without ${rule}`, true, batchModel({ crash: 0, rules: but(BATCH_RULES, rule) }), 10);
  }
}
process.exitCode = bad === 0 ? 0 : 1;
