import { SaxesParser } from 'saxes';

export type XmlElement = {
  name: string;
  namespace: string;
  nil: boolean;
  /** Written `<X />`, not `<X></X>`: .NET tells the two apart where X has a default. */
  isSelfClosing: boolean;
  /** Line and column of the end of its start tag. */
  position: string;
  children: XmlElement[];
  /** Character data directly inside this element, unescaped. */
  text: string;
};

const instanceNamespace = 'http://www.w3.org/2001/XMLSchema-instance';

/** Read a whole document. Throws on anything not well-formed, on illegal characters and on a DTD. */
export function parseXml(source: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const stack: XmlElement[] = [];
  let root: XmlElement | undefined;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => {
    throw new Error('For security reasons DTD is prohibited in this XML document.');
  });
  parser.on('opentag', (tag) => {
    const nil = Object.values(tag.attributes).some(
      ({ uri, local, value }) =>
        uri === instanceNamespace && local === 'nil' && (value === 'true' || value === '1'),
    );
    const element: XmlElement = {
      name: tag.local,
      namespace: tag.uri,
      nil,
      isSelfClosing: tag.isSelfClosing,
      position: `${parser.line}, ${parser.column}`,
      children: [],
      text: '',
    };
    const parent = stack.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
    stack.push(element);
  });
  const addText = (text: string) => {
    const element = stack.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    stack.pop();
  });
  parser.write(source).close();
  if (root === undefined) throw new Error('Root element is missing.');
  return root;
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

// Characters that XML 1.0 forbids. .NET writes them as references, which strict parsers refuse.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const special = /[&<>\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Escape as .NET's XmlWriter does: white space and line ends stay. */
export function escapeXml(text: string): string {
  return text.replace(
    special,
    (character) => escapes[character] ?? `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`,
  );
}
