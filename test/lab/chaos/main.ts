/**
 * `npm run chaos -- --kills 200 --invoices 1000 [--seed N] [--faults] [--memory] [--failover]`: while invoices are
 * transferred, workers are killed and suspended, Redis is killed, emptied, filled and replaced, and clocks jump. Then
 * the books are counted. The same seed makes the same plan.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { makePlan } from './plan.ts';
import { isSound, table } from './report.ts';
import { run } from './run.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    invoices: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    failover: { type: 'boolean', default: false },
  },
});
const { faults, memory, failover } = values;
const [kills, invoices, seed] = [values.kills, values.invoices, values.seed].map(Number);
if (![kills, invoices, seed].every((value) => Number.isInteger(value) && Number(value) > 0)) {
  process.stderr.write(
    'usage: npm run chaos -- [--kills 200] [--invoices 1000] [--seed 1] [--faults] [--memory] [--failover]\n',
  );
  process.exit(2);
}
const plan = makePlan({
  ...{ kills: kills ?? 0, invoices: invoices ?? 0, seed: seed ?? 0 },
  ...{ everything: true, memory, failover },
});
const built = build();
try {
  console.log(
    `seed ${seed}: ${plan.rounds.length} blows, ${plan.shops} shops${faults ? ', faults at 10 %' : ''}`,
  );
  const outcome = await run({ plan, built, faults, onProgress: (line) => console.log(line) });
  console.log(['', ...table(outcome)].join('\n'));
  process.exitCode = isSound(outcome) ? 0 : 1;
} finally {
  built.remove();
}
