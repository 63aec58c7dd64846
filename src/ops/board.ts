/**
 * Bull Board over our queues: to look, not to act, and without anybody's name.
 *
 * It is read-only because it is redacted: saving a job through a redacting board would write the
 * redaction into the job.
 */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { Queue } from 'bullmq';

export const BOARD_PATH = '/board';

/** Ids as the contract shapes them; anything else in their place is not shown. */
const ID = /^[A-Za-z0-9_.:-]{1,100}$/;
const shownId = (value: unknown) => (typeof value === 'string' && ID.test(value) ? value : undefined);
const shownNumber = (value: unknown) => (typeof value === 'number' ? value : undefined);

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

/** Of a payload: which shop, click and invoice, and how long it is. */
export function shownData(data: unknown): Fields {
  const { shopId, requestId, invoice, invoiceId, externalOrderId, lines } = fieldsOf(data);
  const { id, revision } = fieldsOf(invoice);
  return {
    shopId: shownId(shopId),
    requestId: shownId(requestId),
    invoiceId: shownId(id) ?? shownId(invoiceId),
    revision: shownNumber(revision),
    externalOrderId: shownNumber(externalOrderId),
    lines: Array.isArray(lines) ? lines.length : undefined,
  };
}

const OUTCOMES = new Set([
  'created',
  'adopted',
  'already_transferred',
  'updated',
  'paid',
  'not_paid',
  'order_not_invoiced',
  'invoiced',
  'order_missing',
  'merged',
]);
const shownOutcome = (value: unknown) =>
  typeof value === 'string' && OUTCOMES.has(value) ? value : undefined;

/** Of a result: what became of it, and which order. */
export function shownResult(result: unknown): Fields | undefined {
  if (result === null || result === undefined) return undefined;
  const { outcome, status, detail, orderId, reference } = fieldsOf(result);
  return {
    outcome: shownOutcome(outcome),
    status: shownOutcome(status),
    detail: shownOutcome(detail),
    orderId: shownNumber(orderId),
    reference: shownId(reference),
  };
}

/** A Fastify plugin, to be registered under BOARD_PATH behind the login. */
export function createBoard(queues: Queue[]): ReturnType<FastifyAdapter['registerPlugin']> {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(BOARD_PATH);
  createBullBoard({
    queues: queues.map((queue) => {
      const adapter = new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false });
      adapter.setFormatter('data', shownData);
      adapter.setFormatter('returnValue', shownResult);
      return adapter;
    }),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'sharefox-24seven', miscLinks: [] } },
  });
  return serverAdapter.registerPlugin();
}
