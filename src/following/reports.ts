/** Reports for people: of a shop by its id, within limits, and a word for what stands against one. */
import type { LocalDate } from '../contract/jobs.ts';
import type { Shops } from '../transfer/ports/shops.ts';
import { type MadeReport, makeReport } from './make-report.ts';
import type { FollowedOrders, IssuedRecords } from './ports.ts';

export interface ReportsDeps {
  shops: Pick<Shops, 'find'>;
  issued: IssuedRecords;
  orders: FollowedOrders;
  now(): number;
}

export interface ReportRequest {
  shopId: string;
  from: LocalDate;
  to: LocalDate;
  /** From the records alone. */
  isOffline: boolean;
  /** Most invoices. */
  limit: number;
}

export type ReportAnswer =
  | { report: MadeReport }
  | { refused: 'shop.unknown' | 'shop.not_verified' | 'wrong days' | 'too many'; message: string };

export type Reports = (request: ReportRequest) => Promise<ReportAnswer>;

/** Throws NotNow, Retryable where the orders cannot be read now. */
export function createReports({ shops, issued, orders, now }: ReportsDeps): Reports {
  return async ({ shopId, from, to, isOffline, limit }) => {
    if (from > to) return { refused: 'wrong days', message: `${from} is after ${to}` };
    const shop = await shops.find(shopId);
    if (shop === undefined) {
      return { refused: 'shop.unknown', message: `${shopId} is not connected; run shop add first` };
    }
    if (!isOffline && shop.verified === undefined) {
      return {
        refused: 'shop.not_verified',
        message: `run shop verify ${shopId} first, or take the records alone`,
      };
    }
    const live = isOffline ? {} : { orders };
    const made = await makeReport({ issued, nowMs: now(), ...live }, { shop, from, to, limit });
    if (!('count' in made)) return { report: made };
    const message = `${made.count} invoices, and a report takes ${limit}: ask for fewer days`;
    return { refused: 'too many', message };
  };
}
