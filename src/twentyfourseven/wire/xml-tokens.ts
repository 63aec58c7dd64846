/**
 * XML cut into tags and texts, and judged by nobody: half answers, forbidden characters and all.
 *
 * node-soap decides what an answer means; this is for those who must see an answer as it came.
 */

export interface TagToken {
  kind: 'open' | 'empty' | 'close';
  name: string;
  prefix: string;
  attributes: string;
}

export type Token =
  | TagToken
  | { kind: 'text' | 'cdata'; raw: string }
  /** Declaration, comment, instruction or document type. */
  | { kind: 'other'; raw: string }
  /** From a `<` that begins nothing whole to the end. */
  | { kind: 'broken' };

const NAME = '[A-Za-z_][\\w.-]*';
const TAG = new RegExp(
  `^<(/?)(?:(${NAME}):)?(${NAME})((?:\\s+[^\\s=>/]+\\s*=\\s*(?:"[^"]*"|'[^']*'))*)\\s*(/?)>$`,
);
const TOKENS = new RegExp(
  [
    '<!\\[CDATA\\[[\\s\\S]*?\\]\\]>',
    '<!--[\\s\\S]*?-->',
    '<[?!][^>]*>',
    `</?(?:${NAME}:)?${NAME}(?:\\s+[^\\s=>/]+\\s*=\\s*(?:"[^"]*"|'[^']*'))*\\s*/?>`,
    '[^<]+',
    '<[\\s\\S]*$',
  ].join('|'),
  'g',
);

export function tokensOf(xml: string): Token[] {
  return [...xml.matchAll(TOKENS)].map(([raw]) => tokenOf(raw));
}

function tokenOf(raw: string): Token {
  if (!raw.startsWith('<')) return { kind: 'text', raw };
  if (raw.startsWith('<![CDATA[') && raw.endsWith(']]>')) return { kind: 'cdata', raw: raw.slice(9, -3) };
  if (/^<[?!]/.test(raw)) return raw.endsWith('>') ? { kind: 'other', raw } : { kind: 'broken' };
  const [, slash, prefix = '', name, attributes = '', end] = TAG.exec(raw) ?? [];
  if (name === undefined) return { kind: 'broken' };
  const kind = slash === '/' ? 'close' : end === '/' ? 'empty' : 'open';
  return { kind, name, prefix, attributes };
}

/** One element with what stands in it, by local names. */
export interface Element {
  name: string;
  nil: boolean;
  children: Element[];
  /** Its own text, unescaped; forbidden control characters included. */
  text: string;
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(raw: string): string {
  return raw.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi, (all, hex, dec, named) => {
    if (named !== undefined) return NAMED[named.toLowerCase()] ?? all;
    const code = hex === undefined ? Number(dec) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

/** The elements of a document, as far as it goes; an element that never ends holds what came. */
export function elementsOf(xml: string): Element {
  const root: Element = { name: '', nil: false, children: [], text: '' };
  const stack = [root];
  for (const token of tokensOf(xml)) {
    const top = stack.at(-1) ?? root;
    if (token.kind === 'text') top.text += unescaped(token.raw);
    if (token.kind === 'cdata') top.text += token.raw;
    if (token.kind === 'close' && stack.length > 1) stack.pop();
    if (token.kind !== 'open' && token.kind !== 'empty') continue;
    const nil = /(^|\s|:)nil\s*=\s*["'](true|1)["']/.test(token.attributes);
    const element: Element = { name: token.name, nil, children: [], text: '' };
    top.children.push(element);
    if (token.kind === 'open') stack.push(element);
  }
  return root;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ESCAPES[character] ?? character);
}
