/** `report`: a shop's invoices of some days, held against its books. */
import { systemClock } from '../clock.ts';
import type { LocalDate } from '../contract/jobs.ts';
import type { MadeReport } from '../following/make-report.ts';
import { reportCsv } from '../following/report-csv.ts';
import { createReports } from '../following/reports.ts';
import type { Product } from '../product.ts';
import { withProduct } from './context.ts';
import { CliProblem, EXIT, type Io } from './io.ts';
import { reportText } from './report-text.ts';

export interface ReportOptions {
  from: LocalDate;
  to: LocalDate;
  csv?: boolean;
  decimalComma?: boolean;
  offline?: boolean;
}

/** Invoices in one report: a hundred requests, and some hundred megabytes of this process. */
const LIMIT = 100_000;

export async function reportCommand(io: Io, shopId: string, options: ReportOptions): Promise<number> {
  const { from, to, offline = false } = options;
  const report = await withProduct(io, offline ? {} : { tfso: true }, (product) =>
    made(product, shopId, { from, to, offline }),
  );
  const lines =
    options.csv === true
      ? // The line's end is written by the output.
        reportCsv(report, { decimalComma: options.decimalComma === true })
          .replace(/\n$/, '')
          .split('\n')
      : reportText(report);
  for (const line of lines) io.out(line);
  return report.differs ? EXIT.problemFound : EXIT.done;
}

async function made(
  { store, service }: Product,
  shopId: string,
  { from, to, offline }: { from: LocalDate; to: LocalDate; offline: boolean },
): Promise<MadeReport> {
  const { shops, issued } = store;
  const { reportedOrders: orders } = service;
  const report = createReports({ shops, issued, orders, now: systemClock.now });
  const answer = await report({ shopId, from, to, isOffline: offline, limit: LIMIT });
  if ('report' in answer) return answer.report;
  const { refused, message } = answer;
  if (refused === 'wrong days' || refused === 'too many') throw new CliProblem([message], EXIT.wrongUse);
  throw new CliProblem([`${refused}: ${message}`]);
}
