const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * The longest start of `text` of at most `max` characters that splits no character a reader sees.
 *
 * Characters are counted as the service's database does, in UTF-16 units (an emoji is two or more), so
 * that the code points never exceed `max` either. A single character longer than `max` (stacked accents)
 * is cut between code points.
 */
export function startOf(text: string, max: number): string {
  const cutAt = (parts: Iterable<string>) => {
    let start = '';
    for (const part of parts) {
      if (start.length + part.length > max) break;
      start += part;
    }
    return start;
  };
  const whole = cutAt(Array.from(graphemes.segment(text), ({ segment }) => segment));
  return whole === '' ? cutAt(text) : whole;
}

/** `text` in at most `max` (>= 1) characters; what was cut shows as an ellipsis. */
export function fitText(text: string, max: number): string {
  return text.length <= max ? text : `${startOf(text, max - 1).trimEnd()}…`;
}
