/** Every document a person reads, with what they say of files, commands, variables and each other. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT, readDocument } from './markdown.ts';

const markdownIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

/** By path; decisions have tests of their own. */
export const DOCUMENTS: Record<string, string> = Object.fromEntries(
  [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    ...markdownIn('docs'),
    ...markdownIn('docs/proof'),
    'docs/adr/README.md',
  ].map((path) => [path, readDocument(path)]),
);

/** As GitHub makes an anchor of a heading. */
export const slugsOf = (document: string): string[] =>
  [...document.matchAll(/^##+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

export interface Link {
  /** Relative to the root; the document's own path where the link is an anchor alone. */
  path: string;
  anchor: string | undefined;
}

export function linksOf(path: string, document: string): Link[] {
  return [...document.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = '', anchor] = target.split('#');
      return { path: file === '' ? path : join(dirname(path), file), anchor };
    });
}
