/**
 * What we said to the service, taken out of what it says back.
 *
 * Its faults and exceptions quote names, addresses and e-mails, and its texts reach a `failedReason`, a
 * record, a log line and an event. The request's own content is the one list of them that we have.
 */

/** Shorter ones would tear other words apart. */
const SHORTEST = 3;
/** A quoted half of a text is masked, too, where it is a word of its own. */
const SHORTEST_WORD = 4;
const MASKED = '…';

/**
 * What never names a person: enums, ids, marks, amounts, dates, of what we send and of an invoice. Fields
 * unknown here are masked.
 */
const IMPERSONAL = new Set([
  'shopId',
  'requestId',
  'requestedAt',
  'id',
  'kind',
  'creditsInvoiceId',
  'orderId',
  'issueDate',
  'dueDate',
  'currency',
  'totals',
  'unitPrice',
  'discountPercent',
  'vatPercent',
  'period',
  'prefLanguage',
  'type',
  'change',
  'orderStatus',
  'currencyId',
  'invoiceLanguage',
  'externalId',
  'referenceNumber',
  'dateOrdered',
  'price',
  'quantity',
  'discountRate',
  'discount',
  'country',
]);

interface Text {
  text: string;
  isPersonal: boolean;
}

/** Every text in it, however deep. */
function addTexts(value: unknown, isPersonal: boolean, into: Text[]): void {
  if (typeof value === 'string') into.push({ text: value, isPersonal });
  else if (Array.isArray(value)) for (const item of value) addTexts(item, isPersonal, into);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, content] of Object.entries(value)) {
      addTexts(content, isPersonal && !IMPERSONAL.has(key), into);
    }
  }
}

/** As one text could be quoted: spaces joined, and escaped where a message is markup. */
function waysToQuote(text: string): string[] {
  const plain = text.normalize('NFC').replace(/\s+/g, ' ').trim();
  if (!/[&<>"']/.test(plain)) return [plain];
  const escaped = plain.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return [plain, escaped, escaped.replace(/"/g, '&quot;').replace(/'/g, '&#39;')];
}

/** In lower case, with as many units as before: places in it are places in the text. */
function fold(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return Array.from(text, (char) =>
    char.toLowerCase().length === char.length ? char.toLowerCase() : char,
  ).join('');
}

const WORD = /[\p{L}\p{N}]+/gu;
const wordsOf = (text: string) => fold(text).match(WORD) ?? [];

export interface Mask {
  /**
   * Masks each text that was said, in any case; and its single words where they stand alone. What was said is
   * sorted once; then each word and each place of the message costs one look-up.
   */
  (message: string): string;
  /** Whether all of the phrase's words are among what was said: then it may be a quote, and decides nothing. */
  holds(phrase: string): boolean;
}

interface Said {
  whole: Dictionary;
  /** Those that are masked. */
  words: Set<string>;
  /** All. */
  spoken: Set<string>;
}

function collect(said: unknown): Said {
  const texts: Text[] = [];
  addTexts(said, true, texts);
  const whole = new Set<string>();
  const words = new Set<string>();
  const spoken = new Set<string>();
  for (const { text, isPersonal } of texts) {
    for (const way of waysToQuote(text)) {
      for (const word of wordsOf(way)) {
        spoken.add(word);
        if (isPersonal && word.length >= SHORTEST_WORD) words.add(word);
      }
      if (isPersonal && way.length >= SHORTEST) whole.add(fold(way));
    }
  }
  return { whole: dictionaryOf(whole), words, spoken };
}

interface Dictionary {
  /** Sorted. */
  texts: string[];
  /** For each the index of the longest other that it begins with, or -1. */
  shorter: number[];
}

function dictionaryOf(all: Iterable<string>): Dictionary {
  const texts = [...all].sort((one, other) => (one < other ? -1 : 1));
  const shorter: number[] = [];
  for (const [index, text] of texts.entries()) {
    let before = index - 1;
    while (before >= 0 && !text.startsWith(texts[before] ?? '')) before = shorter[before] ?? -1;
    shorter.push(before);
  }
  return { texts, shorter };
}

/**
 * The length of the longest text that `rest` begins with, or 0. What sorts between a text and one that begins with it
 * begins with it, too: so it is the last text not after `rest`, or one that this begins with.
 */
function quotedAt({ texts, shorter }: Dictionary, rest: string): number {
  let low = 0;
  let high = texts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((texts[middle] ?? '') <= rest) low = middle + 1;
    else high = middle;
  }
  let at = low - 1;
  while (at >= 0 && !rest.startsWith(texts[at] ?? '')) at = shorter[at] ?? -1;
  return texts[at]?.length ?? 0;
}

/** From where to where the message quotes whole texts; overlapping ones are one. */
function quotesIn(message: string, whole: Dictionary): [start: number, end: number][] {
  const folded = fold(message);
  const quotes: [number, number][] = [];
  for (let at = 0; at < folded.length; at += 1) {
    const end = at + quotedAt(whole, folded.slice(at));
    const last = quotes.at(-1);
    if (end === at || (last !== undefined && end <= last[1])) continue;
    if (last !== undefined && at < last[1]) last[1] = end;
    else quotes.push([at, end]);
  }
  return quotes;
}

/** Cheap until it is asked, and asked often it collects once: one for each answer. */
export function createMask(said: unknown): Mask {
  let collected: Said | undefined;
  const all = () => {
    collected ??= collect(said);
    return collected;
  };
  const mask = (message: string) => {
    const { whole, words } = all();
    const text = message.normalize('NFC');
    let masked = '';
    let from = 0;
    for (const [start, end] of quotesIn(text, whole)) {
      masked += text.slice(from, start) + MASKED;
      from = end;
    }
    return (masked + text.slice(from)).replace(WORD, (word) => (words.has(fold(word)) ? MASKED : word));
  };
  const holds = (phrase: string) => wordsOf(phrase).every((word) => all().spoken.has(word));
  return Object.assign(mask, { holds });
}

export const NOTHING_SAID = createMask(undefined);

const REFUSED = /24SevenOffice refused [\w.]+: /;

/** Its own words, as every failure that holds some tells them. */
export const refusedBy24SevenOffice = (operation: string, words: string): string =>
  `24SevenOffice refused ${operation}: ${words === '' ? 'no reason given' : words}`;

/**
 * Its words without what the whole invoice says: refusing an order, it may quote the address of its customer,
 * which that request did not carry. Our own words stay; without an invoice to compare with, all of its go.
 */
export function maskRefusal(message: string, invoice: unknown): string {
  const found = REFUSED.exec(message);
  if (found === null) return message;
  const start = found.index + found[0].length;
  const words = message.slice(start);
  return message.slice(0, start) + (invoice === undefined ? MASKED : createMask(invoice)(words));
}
