import type { Life } from './life.ts';

/** Lists that should be empty, by name. */
export function faultsOf({ account, problems, bugs, oddEnds }: Life): Record<string, string[]> {
  return {
    duplicates: account.duplicates,
    lost: account.lost,
    'wrong company': account.wrongCompany,
    'without exactly one end event': account.wrongEvents,
    "against 24SevenOffice's rules": account.violations,
    'not as it should be': problems,
    'bugs in the logs': bugs,
    'processes that ended by themselves': oddEnds,
  };
}

export const isWell = (life: Life): boolean =>
  Object.values(faultsOf(life)).every((faults) => faults.length === 0);

export function lines(life: Life): string[] {
  const { account, days, seconds } = life;
  const faults = Object.entries(faultsOf(life));
  const rows: [string, string | number][] = [
    ['seconds', seconds.toFixed(0)],
    ['days that passed', days],
    ['invoices', account.invoices],
    ['transferred', `${account.transferred} (${account.adopted} adopted)`],
    ['told the same again', account.toldAgain],
    ...faults.map(([name, { length }]): [string, number] => [name, length]),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    ...rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`),
    ...faults.flatMap(([, all]) => all.slice(0, 20)),
  ];
}
