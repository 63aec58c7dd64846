import { z } from 'zod';

const LINE_BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
// Characters that XML 1.0 forbids, the C1 block, and halves of surrogate pairs.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/gu;

/** Text as 24SevenOffice can hold it: line breaks and tabs become spaces, control characters go. */
export function cleanText(text: string): string {
  return text.replace(LINE_BREAKS, ' ').replace(UNPRINTABLE, '');
}

/** Length as a reader counts it: code points, so that an emoji is one character. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** A text of the payload: cleaned, at most `max` characters. */
export function text(max = 2000) {
  return z
    .string()
    .refine((value) => codePoints(value) <= max, { message: `must have at most ${max} characters` })
    .overwrite(cleanText)
    .meta({ maxLength: max });
}

/** A text that must not be empty or only spaces. */
export function filledText(max = 2000) {
  return text(max)
    .refine((value) => value.trim() !== '', { message: 'must not be empty' })
    .meta({ minLength: 1, maxLength: max });
}
