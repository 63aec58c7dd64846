/**
 * What the board may show of a job: an allow-list. A value is shown only if it has the form that the contract
 * defines, because a producer or a stack may have put anything into a job's id, logs and reason.
 */
import { isErrorCode } from '../contract/errors.ts';
import { INVOICE_TRANSFER, STATUS_CHECK } from '../contract/jobs.ts';

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const ID = /^[A-Za-z0-9_.:-]{1,100}$/;
const shownId = (value: unknown) => (typeof value === 'string' && ID.test(value) ? value : undefined);
const shownNumber = (value: unknown) => (typeof value === 'number' ? value : undefined);
const shownCode = (value: unknown) => (typeof value === 'string' && isErrorCode(value) ? value : undefined);

/** A payload's shop, click and invoice, and the number of its lines. */
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

/** A result's outcome and order. */
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

/** What a job waits for, and since when. */
export function shownProgress(progress: unknown): number | Fields {
  if (typeof progress === 'number') return progress;
  const { waitsFor, attempts, since } = fieldsOf(progress);
  return { waitsFor: shownCode(waitsFor), attempts: shownNumber(attempts), since: shownNumber(since) };
}

export const shownName = (name: unknown): string =>
  name === INVOICE_TRANSFER || name === STATUS_CHECK ? name : 'not shown';

const E_MAIL = /[^\s@<>"']+@[^\s@<>"']+/g;

/** Our own reasons are shown: their messages name nobody. For any other we only say that there is one. */
function shownReason(reason: unknown): string | undefined {
  if (typeof reason !== 'string' || reason === '') return undefined;
  const [code = ''] = reason.split(':', 1);
  return isErrorCode(code) ? reason.replace(E_MAIL, '…') : 'not one of ours; the log has it';
}

const LOGGED = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (.*)$/s;

function shownLogLine(line: unknown): string {
  const [, at, reason] = LOGGED.exec(String(line)) ?? [];
  return at === undefined ? 'not shown' : `${at} ${shownReason(reason) ?? ''}`;
}

const FRAME = /^\s+at [\w.<>$ [\]]*\(?(?:async )?(?:file:\/\/|node:|\/)[^\s()]+:\d+:\d+\)?$/;
const UP_TO_THE_PACKAGE = /(?:file:\/\/)?\/[^\s()]*\/(?=(?:src|workers|node_modules)\/)/;

/** The reason, and below it the stack's lines without its own message. */
const shownStack = (stack: unknown, reason = ''): string =>
  [
    reason,
    ...String(stack)
      .split('\n')
      .filter((line) => FRAME.test(line))
      .map((line) => line.replace(UP_TO_THE_PACKAGE, '')),
  ].join('\n');

const KEPT_OPTIONS = ['attempts', 'delay', 'priority', 'timestamp'];
const KEPT = [
  'timestamp',
  'processedOn',
  'finishedOn',
  'attempts',
  'attemptsStarted',
  'delay',
  'priority',
  'stalledCounter',
  'isFailed',
  // A formatter has already redacted each of these.
  'data',
  'name',
  'progress',
  'returnValue',
  'externalUrl',
];
const kept = (fields: Fields, names: string[]): Fields =>
  Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])));

/** A job in an answer of the board's API, after its formatters. */
function shownJob(job: unknown): Fields {
  const fields = fieldsOf(job);
  const reason = shownReason(fields.failedReason);
  return {
    ...kept(fields, KEPT),
    id: shownId(fields.id) ?? 'not shown',
    failedReason: reason,
    // The board shows either the stacks or the reason.
    stacktrace: listOf(fields.stacktrace).map((stack, age) => shownStack(stack, age === 0 ? reason : '')),
    opts: kept(fieldsOf(fields.opts), KEPT_OPTIONS),
  };
}

const shownQueue = (queue: unknown, mayAct: boolean): Fields => ({
  ...fieldsOf(queue),
  jobs: listOf(fieldsOf(queue).jobs).map(shownJob),
  allowCompletedRetries: false,
  ...(!mayAct && { readOnlyMode: true, allowRetries: false }),
});

/** Calls of the API whose answers hold no part of a job. */
const HARMLESS = new Set([
  'redis/stats',
  'workers',
  'rate-limit',
  'metrics',
  'default-job-options',
  'retry/:queueStatus',
]);

/**
 * The answer to one call of the board's API.
 *
 * @param call the path below `/api/`, as the route spells it
 */
export function shownAnswer(call: string, answer: unknown, mayAct: boolean): unknown {
  const fields = fieldsOf(answer);
  if (fields.error !== undefined) return { error: fields.error };
  if (call === 'queues')
    return { ...fields, queues: listOf(fields.queues).map((queue) => shownQueue(queue, mayAct)) };
  if (call === 'queues/:queueName/:jobId') return { job: shownJob(fields.job), status: fields.status };
  if (call === 'queues/:queueName/:jobId/logs') return listOf(answer).map(shownLogLine);
  if (HARMLESS.has(call.replace('queues/:queueName/', ''))) return answer;
  // We have no flows and no schedulers.
  if (call.endsWith('/flow')) return { nodeId: shownId(fields.nodeId), flowRoot: null, isFlowNode: false };
  if (call === 'job-schedulers') return { schedulers: [] };
  return {};
}
