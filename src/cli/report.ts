/** `report`: a shop's invoices of some days, held against its books. */
import { systemClock } from '../clock.ts';
import type { LocalDate } from '../contract/jobs.ts';
import { type MadeReport, makeReport } from '../following/make-report.ts';
import { reportCsv } from '../following/report-csv.ts';
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
  if (from > to) throw new CliProblem([`--from ${from} is after --to ${to}`], EXIT.wrongUse);
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
  const shop = await shops.find(shopId);
  if (shop === undefined)
    throw new CliProblem([`shop.unknown: ${shopId} is not connected; run shop add first`]);
  if (shop.verified === undefined && !offline) {
    throw new CliProblem([
      `shop.not_verified: run shop verify ${shopId} first, or take the records alone: --offline`,
    ]);
  }
  const question = { shop, from, to, limit: LIMIT };
  const nowMs = systemClock.now();
  const orders = offline ? {} : { orders: service.reportedOrders };
  const report = await makeReport({ issued, ...orders, nowMs }, question);
  if ('count' in report) {
    throw new CliProblem(
      [`${report.count} invoices; a report takes ${LIMIT}: ask for fewer days`],
      EXIT.wrongUse,
    );
  }
  return report;
}
