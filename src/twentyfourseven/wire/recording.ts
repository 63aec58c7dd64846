/**
 * A request and its answer as they may lie on a disk: the form whole, nobody's data in it.
 *
 * Masked by structure: what stands between two tags is replaced unless its element is known to hold
 * something impersonal and the text has that form. Equal values become equal numbers, so that an order that
 * was saved is still the order that was looked up.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { ServiceName } from './services.ts';
import type { Words } from './words.ts';
import { type TagToken, type Token, tokensOf } from './xml-tokens.ts';

/** One call as the wire saw it. */
export interface RawExchange {
  /** Epoch milliseconds. */
  at: number;
  durationMs: number;
  service: ServiceName;
  operation: string;
  request: { headers: Record<string, string>; body: string };
  answer: { status: number; headers: IncomingHttpHeaders; body: string } | { problem: string };
}

export interface MaskedExchange {
  at: string;
  durationMs: number;
  service: string;
  operation: string;
  request: { headers: Record<string, string>; body: string };
  answer: { status: number; headers: Record<string, string>; body: string } | { problem: string };
}

export interface Masker {
  exchange(raw: RawExchange): MaskedExchange;
  xml(text: string): string;
}

/** Values remembered for their numbers; then numbering goes on without them. */
const MOST_VALUES = 100_000;

const SENTINELS = new Set([
  '-2147483648',
  '-32768',
  '-9223372036854775808',
  '-79228162514264337593543950335',
  '-1.7976931348623157E+308',
  '00000000-0000-0000-0000-000000000000',
  '-1',
  '0',
]);
/** Whole numbers that are no ids: order of rows, days, units, numbers of tax codes and accounts. */
const PLAIN_NUMBERS = new Set(['SequenceNumber', 'PaymentTime', 'Unit', 'TaxNo', 'AccountNo', 'StatusId']);
const AMOUNTS = new Set([
  'Price',
  'Quantity',
  'QuantityDelivered',
  'QuantityOrdered',
  'QuantityRest',
  'DiscountRate',
  'Discount',
  'VatRate',
  'TaxRate',
  'Rate',
  'OrderTotalIncVat',
  'OrderTotalVat',
]);
const FAULT_TEXTS = new Set(['faultstring', 'Message']);
const ENVELOPE_WORDS = [
  'Envelope',
  'Header',
  'Body',
  'Fault',
  'faultcode',
  'faultstring',
  'faultactor',
  'detail',
];

/** What the service is known to say of itself (24seven.md §2.4, §3, §10, §11). Whole parts of a chain only. */
const PHRASES: readonly RegExp[] = [
  /^Server was unable to (process|read) request\.?$/,
  /^There is an error in XML document( \(\d+, \d+\))?\.?$/,
  /^Session is not authenticated\.?$/i,
  /^Client is not authenticated on this identity\.?$/i,
  /^Provided IdentityId is blocked\. Please use GetIdentitiesWithCredential to get a list of available Identities and reauthenticate with a valid IdentityId\.?$/i,
  /^Please specify at least one search parameter\.?$/i,
  /^Limit exceeded by \d+\. Request is blocked\. Quarantine ends at [\d\sTZAPM:./+-]{8,40}$/i,
  /^Authentication is throttled\. Please reuse your session\.?$/i,
  /^User does not have permission to use this service\.?$/i,
  /^Input string was not in a correct format\.?$/,
  /^Instance validation error$/,
];
const CLASS = /^[A-Z]\w*(?:\.[A-Z]\w*)*Exception$/;
const INTEGER = /^-?\d+$/;
const DECIMAL = /^-?\d*\.\d+$/;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DATE = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-]\d\d:\d\d)?)$/;
const CONTROL = /&#(?:x([0-9a-f]{1,4})|(\d{1,5}));/gi;
const DAY_MS = 86_400_000;

/** Headers whose values tell of nobody, and the form they must have. */
const KEPT_HEADERS = new Set([
  'content-type',
  'soapaction',
  'cache-control',
  'date',
  'retry-after',
  'server',
  'vary',
  'x-aspnet-version',
  'x-powered-by',
  'apilimitremaining',
  'apilimitreset',
  'x-ratelimit-limit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
]);
const HEADER_VALUE = /^[\w .,:;=/+()"*-]{0,200}$/;
/** They describe the body as it came, which the masked one is not. */
const DROPPED_HEADERS = new Set([
  'host',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
  'content-encoding',
]);
const SESSION = /^(ASP\.NET_SessionId)=([^;]*)/i;
const COOKIE_ATTRIBUTE = /^(path=\/|httponly|secure|samesite=(lax|strict|none))$/i;

export function createMasker(words: Words): Masker {
  const numbers = new Map<string, number>();
  const names = new Set([...words.names, ...ENVELOPE_WORDS]);
  let last = 0;

  function numberOf(value: string): number {
    const known = numbers.get(value);
    if (known !== undefined) return known;
    if (numbers.size >= MOST_VALUES) numbers.clear();
    last += 1;
    numbers.set(value, last);
    return last;
  }

  const textOf = (value: string) => `text-${numberOf(value)}`;

  function dateOf(day: string, rest: string): string {
    if (day === '0001-01-01') return day + rest;
    return new Date(Date.UTC(2001, 0, 1) + numberOf(`day ${day}`) * DAY_MS).toISOString().slice(0, 10) + rest;
  }

  function faultOf(text: string): string {
    return text
      .split(/(\s*---(?:>|&gt;)\s*)/)
      .map((part, index) => {
        if (index % 2 === 1) return part;
        const [, name, said = part] = /^([\w.]+): ([\s\S]*)$/.exec(part) ?? [];
        const isNamed = name !== undefined && CLASS.test(name);
        const words = (isNamed ? said : part).trim();
        const told = words === '' || PHRASES.some((phrase) => phrase.test(words)) ? words : textOf(words);
        return isNamed ? `${name}: ${told}` : told;
      })
      .join('');
  }

  /** Without white space around it. Anything not known to be impersonal is replaced. */
  function maskedValue(element: string, value: string): string {
    if (SENTINELS.has(value) || words.values.get(element)?.has(value)) return value;
    const [, day, rest] = DATE.exec(value) ?? [];
    if (day !== undefined && rest !== undefined) return dateOf(day, rest);
    if (GUID.test(value)) {
      return `00000000-0000-0000-0000-${String(numberOf(value.toLowerCase())).padStart(12, '0')}`;
    }
    if (INTEGER.test(value)) {
      const isPlain = (PLAIN_NUMBERS.has(element) || AMOUNTS.has(element)) && value.length <= 7;
      return isPlain ? value : String(numberOf(value));
    }
    if (DECIMAL.test(value)) return AMOUNTS.has(element) ? value : value.replace(/\d/g, '0');
    if (element === 'string' && words.names.has(value)) return value;
    if (element === 'Symbol' && /^[A-Z]{3}$/.test(value)) return value;
    if (element === 'faultcode' && /^(\w{1,10}:)?(Client|Server|Sender|Receiver)$/.test(value)) return value;
    if (element === 'Type' && CLASS.test(value)) return value;
    if (FAULT_TEXTS.has(element)) return faultOf(value);
    return textOf(value);
  }

  /** The white space around a value and the control characters in it are form: parsers stumble over them. */
  function contentOf(element: string, raw: string): string {
    const [, before = '', value = '', after = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(raw) ?? [];
    if (value === '') return raw;
    let controls = '';
    const rest = value.replace(CONTROL, (reference, hex, dec) => {
      const code = hex === undefined ? Number(dec) : Number.parseInt(hex, 16);
      if (code < 32 && ![9, 10, 13].includes(code)) controls += reference;
      return '';
    });
    return before + (rest === '' ? '' : maskedValue(element, rest.trim())) + controls + after;
  }

  function attributesOf(attributes: string): string {
    return [...attributes.matchAll(/\s+([^\s=]+)\s*=\s*("[^"]*"|'[^']*')/g)]
      .map(([all, name = '', value = '']) => {
        const isForm = /^xmlns(:\w{1,10})?$/.test(name)
          ? /^.https?:\/\/(schemas\.xmlsoap\.org|www\.w3\.org|24seven[oO]ffice\.com|microsoft\.com)\/[\w./-]*.$/.test(
              value,
            )
          : /^(\w{1,10}:)?(nil|type)$/.test(name) && /^.[\w:]{1,40}.$/.test(value);
        return isForm ? all : '';
      })
      .join('');
  }

  function tagOf(token: TagToken): string {
    const name = names.has(token.name) ? token.name : `Unknown-${numberOf(`element ${token.name}`)}`;
    const prefix =
      token.prefix === ''
        ? ''
        : /^(soap|soapenv|s|env|xsi|xsd|tns|SOAP-ENV)$/.test(token.prefix)
          ? `${token.prefix}:`
          : 'x:';
    const attributes = attributesOf(token.attributes);
    if (token.kind === 'close') return `</${prefix}${name}>`;
    return token.kind === 'empty' ? `<${prefix}${name}${attributes} />` : `<${prefix}${name}${attributes}>`;
  }

  function xml(text: string): string {
    if (text.trim() === '') return text;
    const tokens = tokensOf(text);
    const isEnvelope = tokens.some((token) => token.kind === 'open' && token.name === 'Envelope');
    // A page, or nothing we know: its words could be anybody's.
    if (!isEnvelope) return `(${text.length} characters that are no SOAP)`;
    const open: string[] = [];
    return tokens.map((token) => masked(token, open)).join('');
  }

  /** @param open the elements it stands in, outermost first; kept as the token leaves them */
  function masked(token: Token, open: string[]): string {
    switch (token.kind) {
      case 'text':
        return contentOf(open.at(-1) ?? '', token.raw);
      case 'cdata':
        return `<![CDATA[${token.raw === '' ? '' : textOf(token.raw)}]]>`;
      case 'other':
        return /^<\?xml version="1\.\d"( encoding="[\w-]+")?\s*\?>$/.test(token.raw) ? token.raw : '';
      case 'broken':
        return '<';
      default:
        if (token.kind === 'open') open.push(token.name);
        if (token.kind === 'close') open.pop();
        return tagOf(token);
    }
  }

  function cookieOf(cookie: string): string {
    const [first = '', ...attributes] = cookie.split(/;\s*/);
    const [, name, id = ''] = SESSION.exec(first) ?? [];
    const kept = attributes.filter((attribute) => COOKIE_ATTRIBUTE.test(attribute));
    return [
      name === undefined ? 'masked' : `${name}=${id === '' ? '' : maskedValue('LoginResult', id)}`,
      ...kept,
    ].join('; ');
  }

  function headersOf(headers: IncomingHttpHeaders | Record<string, string>): Record<string, string> {
    const masked: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers)) {
      const lower = name.toLowerCase();
      const text = Array.isArray(value) ? value.join(', ') : (value ?? '');
      if (DROPPED_HEADERS.has(lower) || !/^[a-z][a-z0-9-]{0,40}$/.test(lower)) continue;
      if (lower === 'cookie' || lower === 'set-cookie') masked[lower] = cookieOf(text);
      else masked[lower] = KEPT_HEADERS.has(lower) && HEADER_VALUE.test(text) ? text : 'masked';
    }
    return masked;
  }

  return {
    xml,
    exchange: ({ at, durationMs, service, operation, request, answer }) => ({
      at: new Date(at).toISOString(),
      durationMs: Math.round(durationMs),
      service,
      operation,
      request: { headers: headersOf(request.headers), body: xml(request.body) },
      answer:
        'problem' in answer
          ? answer
          : { status: answer.status, headers: headersOf(answer.headers), body: xml(answer.body) },
    }),
  };
}
