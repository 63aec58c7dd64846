/** What a mutant is, and the tests it is run against. */

interface Edit {
  file: string;
  /** Occurs in the file exactly once. */
  text: string;
  replacement: string;
}

export interface Mutant {
  /** The guard, and what is taken out of it. */
  name: string;
  edits: Edit[];
  /** Run in this order until one fails. */
  tests: Tests[];
}

export interface Tests {
  file: string;
  /** Runs only the tests whose names begin like this. */
  only?: RegExp;
}

export const unit = {
  following: { file: 'test/domain/following.test.ts' },
  payment: { file: 'test/domain/payment.test.ts' },
  decisions: { file: 'test/domain/transfer.test.ts' },
  exactlyOnce: { file: 'test/transfer/exactly-once.test.ts' },
  sends: { file: 'test/transfer/sends.test.ts' },
  ends: { file: 'test/transfer/ends.test.ts' },
  revisions: { file: 'test/transfer/revisions.test.ts' },
  readBack: { file: 'test/transfer/read-back.test.ts' },
  sweep: { file: 'test/transfer/sweep.test.ts' },
  people: { file: 'test/transfer/people.test.ts' },
  pins: { file: 'test/transfer/pins.test.ts' },
  updates: { file: 'test/transfer/update-order.test.ts' },
  products: { file: 'test/transfer/products.test.ts' },
  orderUpdate: { file: 'test/domain/order-update.test.ts' },
  findOrCreate: { file: 'test/transfer/find-or-create.test.ts' },
  dispatcher: { file: 'test/twentyfourseven/dispatch/dispatcher.test.ts' },
  refusals: { file: 'test/transfer/refusals.test.ts' },
  translate: { file: 'test/workers/translate.test.ts' },
  session: { file: 'test/twentyfourseven/session/session.test.ts' },
  faults: { file: 'test/twentyfourseven/wire/faults.test.ts' },
  mask: { file: 'test/twentyfourseven/wire/mask.test.ts' },
  byRule: { file: 'test/twentyfourseven/wire/answers-by-rule.test.ts' },
  recorded: { file: 'test/twentyfourseven/wire/recorded.test.ts' },
  bounds: { file: 'test/twentyfourseven/wire/bounds.test.ts' },
  askedFor: { file: 'test/twentyfourseven/asked-for.test.ts' },
  mapping: { file: 'test/twentyfourseven/mapping.test.ts' },
  verify: { file: 'test/onboarding/verify-shop.test.ts' },
  addJob: { file: 'test/queue/add-job.test.ts' },
  report: { file: 'test/domain/report.test.ts' },
  reportCsv: { file: 'test/following/report-csv.test.ts' },
};
export const int = {
  store: {
    file: 'test/store/contract.int.test.ts',
    only: /^the store in Redis (records|intents|entities) /,
  },
  shops: { file: 'test/store/contract.int.test.ts', only: /^the store in Redis shops / },
  following: { file: 'test/lab/follow/follow.int.test.ts' },
  priorities: { file: 'test/workers/priorities.int.test.ts' },
  producer: { file: 'test/producer.int.test.ts' },
  product: { file: 'test/product.int.test.ts' },
  quotaRubbish: { file: 'test/store/quota-rubbish.int.test.ts' },
  epoch: { file: 'test/store/epoch.int.test.ts' },
  lists: { file: 'test/store/lists.int.test.ts' },
  metrics: { file: 'test/ops/metrics.int.test.ts' },
  nothingVanishes: { file: 'test/workers/nothing-vanishes.int.test.ts' },
  sweep: { file: 'test/workers/sweep.int.test.ts' },
  trueAnswers: { file: 'test/workers/true-answers.int.test.ts', only: /^a session that somebody moved/ },
  archive: { file: 'test/store/archive.int.test.ts' },
  replicas: { file: 'test/store/replicas.int.test.ts' },
  unreadableJobs: { file: 'test/workers/unreadable-jobs.int.test.ts' },
  soap: { file: 'test/twentyfourseven/wire/soap.int.test.ts' },
  report: { file: 'test/workers/report.int.test.ts' },
};

export const mutant = (
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

export const LUA = 'src/store/lua';
export const TRANSFER = 'src/transfer';
export const BOOKS = 'src/twentyfourseven';
export const DECISIONS = 'src/domain/transfer.ts';
