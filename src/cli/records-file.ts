/** One record as a line of an export, and back. */
import { z } from 'zod';
import { invoiceId, shopId } from '../contract/jobs.ts';
import { transferState } from '../contract/results.ts';
import type { ArchivedRecord } from '../store/archive.ts';

const digits = z.string().regex(/^\d{1,16}$/);

/** `record` is the hash as Redis has it; a later version's fields come through untouched. */
const exportedLine = z.object({
  version: z.literal(1),
  shopId,
  invoiceId,
  record: z.looseObject({ state: transferState, revision: digits, updatedAt: digits }).catchall(z.string()),
  trail: z.array(z.looseObject({ at: z.iso.datetime(), step: z.string() })),
});

/** With its line end. */
export function lineOf({ key, fields, trail }: ArchivedRecord): string {
  return `${JSON.stringify({ version: 1, ...key, record: fields, trail })}\n`;
}

/** Undefined where the line is no record. What is wrong in it is not said: it holds personal data. */
export function parseLine(line: string): ArchivedRecord | undefined {
  try {
    const parsed = exportedLine.safeParse(JSON.parse(line));
    if (!parsed.success) return undefined;
    const { shopId, invoiceId, record, trail } = parsed.data;
    return { key: { shopId, invoiceId }, fields: record, trail: trail as ArchivedRecord['trail'] };
  } catch {
    return undefined;
  }
}
