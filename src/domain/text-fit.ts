const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * The longest start of `text` with at most `max` characters that does not split a visible character.
 *
 * Characters are counted in UTF-16 units, as the service's database does (an emoji is two or more). So there are
 * never more than `max` code points either. A single visible character that is longer than `max` (stacked
 * accents) is cut between code points.
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

/** `text` in at most `max` (>= 1) characters. A cut text ends in an ellipsis. */
export function fitText(text: string, max: number): string {
  return text.length <= max ? text : `${startOf(text, max - 1).trimEnd()}…`;
}
