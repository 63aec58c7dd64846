/** A topic's figures and how they are printed: the figure, what it is compared with, and whether it meets its aim. */

export interface Row {
  what: string;
  measured: number;
  unit: string;
  /** The same work done in another way, in the same run and unit. */
  beside?: { what: string; measured: number };
  aim?: Aim;
}

/** `of`: the value that the aim is about, if it is not the figure itself. */
export type Aim = { of?: 'ratio' } & ({ atMost: number } | { atLeast: number });

export interface TopicReport {
  topic: string;
  /** Conditions of the figures: how many invoices, which quota, which latency. */
  conditions: string;
  rows: Row[];
  /** Lines below the table. */
  notes?: string[];
}

const HEADINGS = ['', 'measured', 'beside it', 'ratio', 'aim', ''];

/** measured / beside */
function ratioOf({ measured, beside }: Row): number | undefined {
  return beside === undefined || beside.measured === 0 ? undefined : measured / beside.measured;
}

/** undefined: there is no aim. */
function isMet(row: Row): boolean | undefined {
  if (row.aim === undefined) return undefined;
  const value = row.aim.of === 'ratio' ? ratioOf(row) : row.measured;
  if (value === undefined) return undefined;
  return 'atMost' in row.aim ? value <= row.aim.atMost : value >= row.aim.atLeast;
}

function figure(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en');
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 ? 2 : 3;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function cells(row: Row): string[] {
  const ratio = ratioOf(row);
  const met = isMet(row);
  const { aim, beside } = row;
  const bound = aim && ('atMost' in aim ? `≤ ${figure(aim.atMost)}` : `≥ ${figure(aim.atLeast)}`);
  return [
    row.what,
    `${figure(row.measured)} ${row.unit}`.trimEnd(),
    beside === undefined ? '' : `${figure(beside.measured)} ${beside.what}`,
    ratio === undefined ? '' : `× ${figure(ratio)}`,
    bound === undefined ? '' : aim?.of === 'ratio' ? `× ${bound}` : bound,
    met === undefined ? '' : met ? 'met' : 'NOT MET',
  ];
}

export function printReports(reports: TopicReport[]): void {
  const widths = HEADINGS.map((heading, column) =>
    Math.max(
      heading.length,
      ...reports.flatMap(({ rows }) => rows.map((row) => (cells(row)[column] ?? '').length)),
    ),
  );
  const print = (texts: string[]) =>
    console.log(
      texts
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  for (const { topic, conditions, rows, notes } of reports) {
    console.log(`\n${topic}: ${conditions}`);
    print(HEADINGS);
    for (const row of rows) print(cells(row));
    for (const note of notes ?? []) console.log(`  ${note}`);
  }
  const judged = reports.flatMap(({ topic, rows }) => rows.map((row) => ({ topic, row, met: isMet(row) })));
  const missed = judged.filter(({ met }) => met === false);
  const aimed = judged.filter(({ met }) => met !== undefined).length;
  console.log(`\n${aimed - missed.length} of ${aimed} aims met`);
  for (const { topic, row } of missed) console.log(`not met: ${topic}: ${row.what.trim()}`);
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = low] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}
