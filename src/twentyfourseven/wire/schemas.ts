/** Schemas of what we send: strict, so that a misspelt field is our bug and not a silently lost value. */
import { z } from 'zod';

const INT_MAX = 2_147_483_647;

/** An id we read or were given; the service's own are positive. */
export const wireId = z.int().min(1).max(INT_MAX);
export const wireInt = z.int().min(-INT_MAX).max(INT_MAX);
export const wireShort = z.int().min(-32_767).max(32_767);
/** No exponent, no thousands separator (24seven.md §3). */
export const wireDecimal = z.string().regex(/^-?\d{1,18}(\.\d{1,10})?$/);
/** Noon local without zone, so that no conversion moves the day. */
export const wireDate = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
export const wireCountry = z.string().regex(/^[A-Za-z]{2}$/);

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 cannot carry these
const UNSENDABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/**
 * Not empty: an empty element means "unchanged" to the service, and is left out instead.
 *
 * @param max in UTF-16 units, as the columns behind the service count; too long is a raw SQL error there
 */
export function wireText(max: number) {
  return z
    .string()
    .min(1)
    .max(max)
    .overwrite((text) => text.replace(UNSENDABLE, ''));
}

/** Parse, or fail as the bug it is; the error names fields, never values. */
export function checked<T>(schema: z.ZodType<T>, what: string, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ');
  throw new Error(`a wrong ${what} was about to be sent: ${issues}`);
}

/** Without undefined and empty text: neither is worth an element. */
export function filled(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).filter(([, content]) => content !== undefined && content !== ''),
  );
}
