/** The invoice pages: every login may read, the operator's may act. */
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { html } from 'ghtml';
import { z } from 'zod';
import { isErrorCode } from '../../contract/errors.ts';
import { type InvoiceTransferJob, invoiceId, shopId } from '../../contract/jobs.ts';
import { Terminal, TransferFailure } from '../../errors.ts';
import type { Reports } from '../../following/reports.ts';
import type { Logger } from '../../logger.ts';
import type { CustomerChoice } from '../../transfer/choose-customer.ts';
import type { Decision } from '../../transfer/context.ts';
import type { RecordKey, TransferRecord } from '../../transfer/ports/records.ts';
import type { Preview } from '../../transfer/preview-invoice.ts';
import { DecisionRefused, type Decisions } from '../../transfer/resolve-invoice.ts';
import { maskRefusal } from '../../twentyfourseven/wire/mask.ts';
import { bulkPage } from './bulk-page.ts';
import { createBulkRetries } from './bulk-retry.ts';
import { afterChoice, candidatesPage } from './candidates-page.ts';
import { type Desk, newClick } from './desk.ts';
import { type Html, LIVE_SCRIPT, PATH, STYLE } from './layout.ts';
import { causePage, foundPage, listPage, overviewPage, pathOf } from './list-pages.ts';
import { createNotes } from './notes.ts';
import { followedListPage } from './order-section.ts';
import { previewPage } from './preview-page.ts';
import { reportRoutes } from './report-routes.ts';
import { storyPage } from './story-page.ts';
import { isLanguage, languageOf } from './words.ts';

const SHOWN = 10;
const PAGE = 100;

export interface InvoiceRoutesDeps {
  desk: Desk;
  reports: Reports;
  people: Decisions;
  customers: CustomerChoice;
  /** Reads from 24SevenOffice and writes nothing. Throws TransferFailure. */
  preview(job: InvoiceTransferJob): Promise<Preview>;
  log: Logger;
}

const keyOf = z.object({ shopId, invoiceId });
const searched = z.object({
  q: z.string().trim().max(60).optional(),
  shop: z.string().trim().max(100).optional(),
  list: z.enum(['open', 'unresolved', 'rejected', 'differs', 'gone']).optional(),
  code: z.string().max(60).optional(),
  from: z.coerce.number().int().min(0).max(1_000_000).optional(),
});
const told = z.object({
  lang: z.string().optional(),
  done: z.enum(['retried', 'checked', 'resolved', 'sent', 'chosen']).optional(),
  /** Id of what this process had to tell. A text would be anybody's who makes a link. */
  note: z.uuid().optional(),
  /** Request id of the click that sent it again. */
  click: z.string().max(2000).optional(),
});
const reason = z.string().trim().min(1).max(200);
const confirmed = z.object({
  order: z.string().regex(/^[1-9]\d{0,9}$/),
  accept: z.literal('1').optional(),
  reason,
});

const CHECKS = '/board/queue/status-check?status=completed';
const chosen = z.object({ customer: z.string().regex(/^[1-9]\d{0,9}$/), reason });

const DONE: Record<string, { now: Html; later?: Html }> = {
  retried: {
    now: 'It is in the queue again. This page shows what becomes of it; without script, reload it.',
    later: 'It was tried again; this is what became of it.',
  },
  checked: {
    now: html`The check is in the queue. Its answer is an event, and stands <a href="${CHECKS}">on the board</a>.`,
  },
  resolved: { now: 'Decided: the order is this invoice’s.' },
  sent: {
    now: 'Decided: the invoice is sent again. This page shows what becomes of it; without script, reload it.',
    later: 'It was sent again; this is what became of it.',
  },
};

const GONE = 'What Sharefox sent is no longer kept; send it again from Sharefox.';

/** Whether a click has not ended yet. */
const isPending = ({ ended }: TransferRecord, click: string | undefined): boolean =>
  click !== undefined && !ended.some(({ requestId }) => requestId === click);

const TITLES = { open: 'Waiting', unresolved: 'Needs a person', rejected: 'Rejected' };

/** A Fastify plugin, to be registered behind the login. `request.mayAct` is true for the operator. */
export function invoiceRoutes({ desk, reports, people, customers, preview, log }: InvoiceRoutesDeps) {
  const retries = createBulkRetries({ retry: async (key) => (await desk.retry(key)) !== undefined, log });

  return async function register(app: FastifyInstance): Promise<void> {
    await app.register(formbody);
    await app.register(reportRoutes({ reports, log }));
    const send = (reply: FastifyReply, page: string, status = 200) =>
      reply.code(status).type('text/html; charset=utf-8').send(page);
    const back = (reply: FastifyReply, key: RecordKey, told: Record<string, string>) =>
      reply.redirect(`${pathOf(key)}?${new URLSearchParams(told)}`, 303);
    const notes = createNotes();
    const notFound = (reply: FastifyReply, what: string) => send(reply, foundPage(what, '', []), 404);

    async function storyOf({ params }: FastifyRequest) {
      const key = keyOf.safeParse(params).data;
      return { key, story: key && (await desk.story(key)) };
    }

    async function found(reply: FastifyReply, query: string, shop: string) {
      const rows = await desk.find(query, shop || undefined);
      const isUnknown = rows.length === 0 && invoiceId.safeParse(query).success;
      const waiting = isUnknown ? await desk.waiting(query, shop || undefined) : undefined;
      return send(reply, foundPage(query, shop, rows, waiting));
    }

    /** The page of an invoice without a record. Its job may wait. */
    async function notBegun(reply: FastifyReply, key: RecordKey | undefined) {
      if (key === undefined) return notFound(reply, 'this invoice');
      const waiting = await desk.waiting(key.invoiceId, key.shopId);
      return send(
        reply,
        foundPage(key.invoiceId, key.shopId, [], waiting),
        waiting.jobs.length > 0 ? 200 : 404,
      );
    }

    const causeOf = async (code: string) => (await desk.causes()).causes.find((cause) => cause.code === code);

    app.get(`${PATH}/live.js`, (_request, reply) =>
      reply.type('text/javascript; charset=utf-8').send(LIVE_SCRIPT),
    );
    app.get(`${PATH}/style.css`, (_request, reply) => reply.type('text/css; charset=utf-8').send(STYLE));

    app.get(PATH, async (request, reply) => {
      const { q, shop, list, code, from = 0 } = searched.parse(request.query);
      if (q || shop) return found(reply, q ?? '', shop ?? '');
      if (code !== undefined) {
        const cause = await causeOf(code);
        if (cause === undefined) return notFound(reply, code);
        return send(reply, causePage(cause, request.mayAct));
      }
      if (list === 'differs' || list === 'gone') {
        const { rows, total } = await desk.followed(list, from, PAGE);
        const next = from + PAGE < total ? `${PATH}?list=${list}&from=${from + PAGE}` : undefined;
        return send(reply, followedListPage(list, { rows, total, next }));
      }
      if (list !== undefined) {
        const { rows, total } = await desk.list(list, from, PAGE);
        const next = from + PAGE < total ? `${PATH}?list=${list}&from=${from + PAGE}` : undefined;
        return send(reply, listPage({ title: TITLES[list], rows, total, next }));
      }
      const [unresolved, open, causes, notBegun] = await Promise.all([
        desk.list('unresolved', 0, SHOWN),
        desk.list('open', 0, SHOWN),
        desk.causes(),
        desk.notBegun(),
      ]);
      return send(reply, overviewPage({ unresolved, open, causes, notBegun }));
    });

    app.get(`${PATH}/:shopId/:invoiceId`, async (request, reply) => {
      const { key, story } = await storyOf(request);
      if (story === undefined) return notBegun(reply, key);
      const { lang, done = '', note, click } = told.parse(request.query);
      const language = isLanguage(lang) ? lang : languageOf(request.headers['accept-language']);
      const { mayAct } = request;
      const pending = isPending(story.record, click);
      const isToBeSent = done === 'chosen' && mayAct && story.record.state === 'rejected';
      const outcome = pending ? DONE[done]?.now : (DONE[done]?.later ?? DONE[done]?.now);
      const notice = isToBeSent ? afterChoice(story.key) : outcome;
      const problem = note === undefined ? undefined : notes.read(note);
      return send(reply, storyPage({ story, language, mayAct, notice, problem, isPending: pending }));
    });

    const act = (
      path: string,
      action: (key: RecordKey, request: FastifyRequest) => Promise<Record<string, string>>,
    ) =>
      app.post(`${PATH}/:shopId/:invoiceId/${path}`, async (request, reply) => {
        const { story } = await storyOf(request);
        if (story === undefined) return notFound(reply, 'this invoice');
        log.info({ ...story.key, action: path, by: request.login }, 'invoice action');
        const { problem, ...done } = await action(story.key, request);
        return back(reply, story.key, problem === undefined ? done : { ...done, note: notes.keep(problem) });
      });
    const decision = (request: FastifyRequest, why: string): Decision => ({
      requestId: newClick(),
      by: request.login,
      reason: why,
    });

    act('retry', async (key) => {
      const click = await desk.retry(key);
      return click === undefined ? { problem: GONE } : { done: 'retried', click };
    });
    act('check', async (key) => {
      await desk.checkStatus(key);
      return { done: 'checked' };
    });
    act('resolve', async (key, request) => {
      const form = confirmed.safeParse(request.body);
      if (!form.success) return { problem: 'Say which order, by its id, and why.' };
      const { order, accept, reason: why } = form.data;
      return refusalOf(async () => {
        await people.orderIs(key, Number(order), {
          ...decision(request, why),
          acceptDifference: accept === '1',
        });
        return { done: 'resolved' };
      });
    });
    act('not-created', async (key, request) => {
      const form = z.object({ reason }).safeParse(request.body);
      if (!form.success) return { problem: 'Say why.' };
      return refusalOf(async () => {
        const click = await desk.send(await people.notCreated(key, decision(request, form.data.reason)));
        return { done: 'sent', click };
      });
    });

    app.post(`${PATH}/:shopId/:invoiceId/candidates`, async (request, reply) => {
      const { story } = await storyOf(request);
      if (story?.content === undefined) return notFound(reply, 'what Sharefox sent');
      log.info({ ...story.key, action: 'candidates', by: request.login }, 'invoice action');
      return send(reply, candidatesPage(story.key, await candidatesOf(story.content)));
    });
    act('choose-customer', async (key, request) => {
      const form = chosen.safeParse(request.body);
      if (!form.success) return { problem: 'Say which customer, and why.' };
      const content = (await desk.story(key))?.content;
      if (content === undefined) return { problem: GONE };
      const { customer, reason: why } = form.data;
      return refusalOf(async () => {
        await customers.choose(content, Number(customer), decision(request, why));
        return { done: 'chosen' };
      });
    });

    async function candidatesOf(content: InvoiceTransferJob) {
      try {
        return { candidates: await customers.candidates(content) };
      } catch (error) {
        if (!(error instanceof TransferFailure)) throw error;
        return { refusal: `It cannot be told now. ${error.code}: ${maskRefusal(error.message, content)}` };
      }
    }

    app.post(`${PATH}/:shopId/:invoiceId/preview`, async (request, reply) => {
      const { story } = await storyOf(request);
      if (story?.content === undefined) return notFound(reply, 'what Sharefox sent');
      log.info({ ...story.key, action: 'preview', by: request.login }, 'invoice action');
      return send(reply, previewPage(story.key, await previewed(story.content)));
    });

    /** Previews as a new click would: without repeating the answer to an earlier click. */
    async function previewed(content: InvoiceTransferJob) {
      try {
        return { preview: await preview({ ...content, requestId: newClick() }) };
      } catch (error) {
        if (!(error instanceof TransferFailure)) throw error;
        const so = error instanceof Terminal ? 'There would be no order' : 'It cannot be told now';
        return { refusal: `${so}. ${error.code}: ${maskRefusal(error.message, content)}` };
      }
    }

    app.post(`${PATH}/retries`, async (request, reply) => {
      const { code } = z.object({ code: z.string().max(60) }).parse(request.body);
      const cause = isErrorCode(code) ? await causeOf(code) : undefined;
      if (cause === undefined) return notFound(reply, code);
      log.info({ code, count: cause.rows.length, by: request.login }, 'bulk retry started');
      const bulk = retries.start(
        code,
        cause.rows.map(({ key }) => key),
      );
      return reply.redirect(`${PATH}/retries/${bulk.id}`, 303);
    });
    const bulkId = (request: FastifyRequest) =>
      z.object({ id: z.coerce.number().int() }).parse(request.params).id;
    app.get(`${PATH}/retries/:id`, async (request, reply) => {
      const bulk = retries.find(bulkId(request));
      return bulk === undefined
        ? notFound(reply, 'this retry; it ran in another process, or long ago')
        : send(reply, bulkPage(bulk, request.mayAct));
    });
    app.post(`${PATH}/retries/:id/cancel`, async (request, reply) => {
      retries.cancel(bulkId(request));
      return reply.redirect(`${PATH}/retries/${bulkId(request)}`, 303);
    });
  };
}

async function refusalOf(decide: () => Promise<Record<string, string>>): Promise<Record<string, string>> {
  try {
    return await decide();
  } catch (error) {
    if (error instanceof DecisionRefused) return { problem: error.message };
    if (error instanceof TransferFailure)
      return { problem: `${error.code}: ${error.message}; try again later` };
    throw error;
  }
}
