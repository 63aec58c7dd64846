/** Reads payloads: strict, and without repeating a value of the payload in any message. */
import type { z } from 'zod';
import {
  type InvoiceTransferJob,
  invoiceTransferJob,
  MAX_PAYLOAD_BYTES,
  type StatusCheckJob,
  statusCheckJob,
} from './jobs.ts';

/** `path` as in `lines.0.vatPercent`; `message` never repeats a value of the payload. */
export interface PayloadProblem {
  path: string;
  message: string;
}
export type Parsed<T> = { ok: true; data: T } | { ok: false; problems: PayloadProblem[] };

const NAMEABLE_KEY = /^[A-Za-z0-9_]{1,40}$/;
const MOST_PROBLEMS = 5;

/** Types that zod names differently from JSON Schema. */
const TYPE_NAMES: Record<string, string> = { int: 'integer', record: 'object' };

/** Our texts by zod's issue code. zod's own texts may quote the input. */
const TEXTS: Record<string, (issue: z.core.$ZodIssue) => string> = {
  invalid_type: (issue) =>
    'expected' in issue
      ? `must be of type ${TYPE_NAMES[issue.expected] ?? issue.expected}`
      : 'has the wrong type',
  invalid_value: (issue) =>
    'values' in issue ? `must be one of ${issue.values.map(String).join(', ')}` : 'has a value not allowed',
  too_small: (issue) => ('minimum' in issue ? `must be at least ${issue.minimum}` : 'is too small'),
  too_big: (issue) => ('maximum' in issue ? `must be at most ${issue.maximum}` : 'is too big'),
  invalid_format: (issue) => issue.message,
  invalid_key: (issue) => ('issues' in issue && issue.issues[0]?.message) || 'is not an allowed key',
  custom: (issue) => issue.message,
};

/** What is wrong with the value at the issue's path. Never repeats the value. */
export function issueText(issue: z.core.$ZodIssue): string {
  return TEXTS[issue.code]?.(issue) ?? 'is not allowed';
}

function describe(issue: z.core.$ZodIssue): PayloadProblem[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      NAMEABLE_KEY.test(key)
        ? { path: path === '' ? key : `${path}.${key}`, message: 'is not a known key' }
        : { path, message: 'holds a key that is not known' },
    );
  }
  return [{ path, message: issueText(issue) }];
}

function parseWith<S extends z.ZodType>(schema: S, data: unknown): Parsed<z.output<S>> {
  try {
    return checkedWith(schema, data);
  } catch {
    // Nested too deep: even JSON.stringify fails.
    return { ok: false, problems: [{ path: '', message: 'is not JSON that can be read' }] };
  }
}

function checkedWith<S extends z.ZodType>(schema: S, data: unknown): Parsed<z.output<S>> {
  const parsed = schema.safeParse(data);
  const problems = parsed.success ? [] : parsed.error.issues.flatMap(describe).slice(0, MOST_PROBLEMS);
  const bytes = new TextEncoder().encode(JSON.stringify(data) ?? '').length;
  if (bytes > MAX_PAYLOAD_BYTES) {
    problems.push({ path: '', message: `must be at most ${MAX_PAYLOAD_BYTES} bytes of JSON` });
  }
  return parsed.success && problems.length === 0 ? { ok: true, data: parsed.data } : { ok: false, problems };
}

/** Read an `invoice-transfer` payload. Never throws. */
export function parseInvoiceTransferJob(data: unknown): Parsed<InvoiceTransferJob> {
  return parseWith(invoiceTransferJob, data);
}

/** Read a `status-check` payload. Never throws. */
export function parseStatusCheckJob(data: unknown): Parsed<StatusCheckJob> {
  return parseWith(statusCheckJob, data);
}

/** One line for `failedReason`: paths and what is wrong with each. */
export function describeProblems(problems: PayloadProblem[]): string {
  return problems
    .map(({ path, message }) => (path === '' ? `the payload ${message}` : `${path} ${message}`))
    .join('; ');
}
