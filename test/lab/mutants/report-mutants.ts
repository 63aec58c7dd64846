/** What a report may not get wrong: it is held against the books by whoever answers for them. */
import { int, LUA, type Mutant, mutant, unit } from './mutant.ts';

const REPORT = 'src/domain/report.ts';

export const REPORT_MUTANTS: readonly Mutant[] = [
  mutant(
    'report: an order that is gone counts as standing',
    REPORT,
    'standing: (invoice) => orderOf(invoice)?.isThere === true,',
    'standing: (invoice) => orderOf(invoice) !== undefined,',
    unit.report,
  ),
  mutant(
    'report: what stands counts with the sums that were sent',
    REPORT,
    "step === 'asked' || step === 'sent' ? expected : order?.shown;",
    'expected ?? order?.shown;',
    unit.report,
    int.report,
  ),
  mutant(
    'report: a changed order is no difference',
    REPORT,
    'applies: standing(({ differences }) => differences.length > 0),',
    'applies: () => false,',
    unit.report,
  ),
  mutant(
    'report: an invoice that was refused at once is in none',
    `${LUA}/refuse.lua`,
    'list_issued(KEYS[1], KEYS[7], ARGV, 12, ARGV[10])',
    '',
    int.report,
  ),
  mutant(
    'report: the day after its last one is in it',
    'src/store/issued.ts',
    "Number(date.replaceAll('-', ''));",
    "Number(date.replaceAll('-', '').slice(0, 6));",
    int.report,
  ),
  mutant(
    'report: the file carries formulas',
    'src/following/report-csv.ts',
    "const harmless = FORMULA.test(plain) ? `'${plain}` : plain;",
    'const harmless = plain;',
    unit.reportCsv,
  ),
];
