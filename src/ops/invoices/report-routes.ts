/** The report as a page and as a file. Every login may see the records' one; the operator's may read the orders now. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { localDate, shopId } from '../../contract/jobs.ts';
import { TransferFailure } from '../../errors.ts';
import { reportCsv } from '../../following/report-csv.ts';
import type { Reports } from '../../following/reports.ts';
import type { Logger } from '../../logger.ts';
import { type Asked, REPORT_PATH, reportPage } from './report-page.ts';

/** A page of more is no page; the command line takes ten times as many. */
const LIMIT = 10_000;

const text = z.string().trim().max(100).default('');
const given = z.object({
  shop: text,
  from: text,
  to: text,
  csv: z.literal('1').optional(),
  now: z.string().optional(),
  comma: z.literal('1').optional(),
});
const question = z.object({ shop: shopId, from: localDate, to: localDate });

export function reportRoutes({ reports, log }: { reports: Reports; log: Logger }) {
  return async function register(app: FastifyInstance): Promise<void> {
    const answer = async (request: FastifyRequest, reply: FastifyReply, isOffline: boolean) => {
      const {
        csv,
        comma,
        now: _now,
        ...asked
      } = given.parse((isOffline ? request.query : request.body) ?? {});
      const { mayAct } = request;
      const page = (status: number, more: Pick<Parameters<typeof reportPage>[0], 'report' | 'problem'>) =>
        reply
          .code(status)
          .type('text/html; charset=utf-8')
          .send(reportPage({ asked, mayAct, ...more }));
      if (Object.values(asked).every((value) => value === '')) return page(200, {});
      const known = question.safeParse(asked);
      if (!known.success) return page(400, { problem: 'Say which shop, and both days like 2021-01-31.' });
      const { shop, from, to } = known.data;
      if (!isOffline) log.info({ shopId: shop, from, to, by: request.login }, 'report reads orders');
      try {
        const made = await reports({ shopId: shop, from, to, isOffline, limit: LIMIT });
        if (!('report' in made)) return page(400, { problem: made.message });
        if (csv === undefined) return page(200, made);
        return file(reply, asked, reportCsv(made.report, { decimalComma: comma !== undefined }));
      } catch (error) {
        if (!(error instanceof TransferFailure)) throw error;
        return page(503, { problem: `The orders cannot be read now. ${error.code}: ${error.message}` });
      }
    };
    app.get(REPORT_PATH, (request, reply) => answer(request, reply, true));
    app.post(REPORT_PATH, (request, reply) => answer(request, reply, false));
  };
}

const file = (reply: FastifyReply, { shop, from, to }: Asked, csv: string) =>
  reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="report-${shop}-${from}-${to}.csv"`)
    .send(csv);
