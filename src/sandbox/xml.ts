import { SaxesParser } from 'saxes';

export type XmlElement = {
  name: string;
  namespace: string;
  nil: boolean;
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
    const element: XmlElement = { name: tag.local, namespace: tag.uri, nil, children: [], text: '' };
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

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };

export function escapeXml(text: string): string {
  return text.replace(/[&<>\r]/g, (character) => escapes[character] ?? character);
}
