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

/** Every text in it, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, content]) => (IMPERSONAL.has(key) ? [] : textsIn(content)));
}

/** As one text could be quoted: spaces joined, and escaped where a message is markup. */
function waysToQuote(text: string): string[] {
  const plain = text.normalize('NFC').replace(/\s+/g, ' ').trim();
  const escaped = plain.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return [plain, escaped, escaped.replace(/"/g, '&quot;').replace(/'/g, '&#39;')];
}

const quoted = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
const longestFirst = (texts: Iterable<string>) =>
  [...new Set(texts)].sort((a, b) => b.length - a.length).map(quoted);

/** Masks each text of `said`, in any case, longest first; and its single words where they stand alone. */
export function createMask(said: unknown): (message: string) => string {
  const texts = textsIn(said).flatMap(waysToQuote);
  const whole = longestFirst(texts.filter((text) => text.length >= SHORTEST));
  const words = longestFirst(
    texts.flatMap((text) => text.split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length >= SHORTEST_WORD),
  );
  const patterns = [
    ...(whole.length === 0 ? [] : [new RegExp(whole.join('|'), 'giu')]),
    ...(words.length === 0
      ? []
      : [new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join('|')})(?![\\p{L}\\p{N}])`, 'giu')]),
  ];
  return (message) =>
    patterns.reduce((text, pattern) => text.replace(pattern, MASKED), message.normalize('NFC'));
}

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
