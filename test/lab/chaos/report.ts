/** The table at the end of a run. */
import type { Outcome } from './run.ts';

const SHOWN = 10;

export function isSound({ account, bugs, oddEnds }: Outcome): boolean {
  const { duplicates, lost, wrongCompany, wrongEvents, violations } = account;
  return [duplicates, lost, wrongCompany, wrongEvents, violations, bugs, oddEnds].every(
    ({ length }) => length === 0,
  );
}

export function table(outcome: Outcome): string[] {
  const { account, blows, points } = outcome;
  const reached = [...points.values()];
  const rows: [string, string | number][] = [
    ['seconds', outcome.seconds.toFixed(0)],
    ['processes killed (SIGKILL)', outcome.killed],
    ...[...blows].sort().map(([kind, count]): [string, number] => [`  ${kind}`, count]),
    ['named points reached', `${reached.length} different, ${sum(reached)} times`],
    ['invoices clicked again after Redis was emptied', outcome.clickedAgain],
    ['', ''],
    ['invoices', account.invoices],
    ['transferred', `${account.transferred} (${account.adopted} adopted)`],
    ['unresolved', byCode(account.unresolved)],
    ['rejected', byCode(account.rejected)],
    ['told the same again after a failover', account.toldAgain],
    ['requests per invoice', (outcome.requests / account.invoices).toFixed(2)],
    ['', ''],
    ['duplicates', account.duplicates.length],
    ['lost', account.lost.length],
    ['wrong company', account.wrongCompany.length],
    ['without exactly one end event', account.wrongEvents.length],
    ["against 24SevenOffice's rules", account.violations.length],
    ['bugs in the logs', outcome.bugs.length],
    ['processes that ended by themselves', outcome.oddEnds.length],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    ...rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`.trimEnd()),
    '',
    `refusals and delays by code: ${byCode(outcome.codes)}`,
    ...some(account.duplicates, account.lost, account.wrongCompany, account.wrongEvents),
    ...some(account.violations, outcome.bugs, outcome.oddEnds),
  ];
}

const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
const some = (...lists: string[][]) => lists.flatMap((list) => list.slice(0, SHOWN));

function byCode(codes: Map<string, number>): string {
  const all = [...codes].sort(([, a], [, b]) => b - a).map(([code, count]) => `${count} ${code}`);
  return all.length === 0 ? '0' : all.join(', ');
}
