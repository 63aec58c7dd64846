/** Just enough Markdown to hold our documents against the code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');

export const readDocument = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The text under one heading of second level. Throws where there is none. */
export function sectionOf(document: string, heading: string): string {
  const section = document.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`no section "${heading}"`);
  return section;
}

/** Content of the fenced blocks of one language. */
export function blocksOf(document: string, language: string): string[] {
  const fence = new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\`$`, 'gm');
  return [...document.matchAll(fence)].map((match) => match[2] ?? '');
}

/** Rows of the table whose first head cell is `head`, cells trimmed, head and rule left out. */
export function tableOf(document: string, head: string): string[][] {
  const lines = document.split('\n');
  const start = lines.findIndex((line) => /^\| (.*?) +\|/.exec(line)?.[1] === head);
  if (start === -1) throw new Error(`no table "${head}"`);
  const rows: string[][] = [];
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break;
    rows.push(
      line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.trim()),
    );
  }
  return rows;
}

/** `text` within backticks, as the only content of a cell. */
export const codeOf = (cell: string | undefined): string => /^`([^`]*)`$/.exec(cell ?? '')?.[1] ?? '';

/** Everything within backticks. */
export const codesIn = (text: string): string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
