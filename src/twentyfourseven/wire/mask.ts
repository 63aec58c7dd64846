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
   * Masks each text that was said, in any case; and its single words where they stand alone. The work is
   * the length of what was said, and a set's look-up for each word and place of the message.
   */
  (message: string): string;
  /** Whether all of the phrase's words are among what was said: then it may be a quote, and decides nothing. */
  holds(phrase: string): boolean;
}

interface Said {
  /** Whole texts by how they begin, so that a message meets few of them. */
  whole: Map<string, Set<string>>;
  /** Those that are masked. */
  words: Set<string>;
  /** All. */
  spoken: Set<string>;
}

function collect(said: unknown): Said {
  const texts: Text[] = [];
  addTexts(said, true, texts);
  const collected: Said = { whole: new Map(), words: new Set(), spoken: new Set() };
  for (const { text, isPersonal } of texts) {
    for (const way of waysToQuote(text)) {
      const folded = fold(way);
      const words = wordsOf(way);
      for (const word of words) collected.spoken.add(word);
      if (!isPersonal) continue;
      for (const word of words) if (word.length >= SHORTEST_WORD) collected.words.add(word);
      if (folded.length < SHORTEST) continue;
      const begin = folded.slice(0, SHORTEST);
      const alike = collected.whole.get(begin);
      if (alike === undefined) collected.whole.set(begin, new Set([folded]));
      else alike.add(folded);
    }
  }
  return collected;
}

/** From where to where the message quotes a whole text, without overlaps. */
function quotesIn(message: string, whole: Said['whole']): [start: number, end: number][] {
  const folded = fold(message);
  const quotes: [number, number][] = [];
  let covered = 0;
  for (let at = 0; at + SHORTEST <= folded.length; at += 1) {
    let end = 0;
    for (const text of whole.get(folded.slice(at, at + SHORTEST)) ?? []) {
      if (at + text.length > end && folded.startsWith(text, at)) end = at + text.length;
    }
    if (end <= covered) continue;
    const last = quotes.at(-1);
    if (last !== undefined && at < covered) last[1] = end;
    else quotes.push([at, end]);
    covered = end;
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
