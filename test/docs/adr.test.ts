/** Decisions: short, of one shape, and pointed at by the code that follows them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codesIn, ROOT, readDocument } from './markdown.ts';

const names = readdirSync(join(ROOT, 'docs', 'adr'))
  .filter((name) => name !== 'README.md')
  .sort();

it('decisions are numbered without a gap', () => {
  const numbers = names.map((name) => Number(/^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1]));
  expect(numbers).toEqual(names.map((_name, index) => index + 1));
});

describe.each(names)('%s', (name) => {
  const text = readDocument(`docs/adr/${name}`);

  it('fits on one page and says context, decision, consequences and what is not done', () => {
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(60);
    expect(lines[0]).toMatch(new RegExp(`^# ${name.slice(0, 4)} `));
    expect([...text.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual([
      'Context',
      'Decision',
      'Consequences',
      'Not done',
    ]);
  });

  it('names files that exist', () => {
    const files = codesIn(text).filter((code) =>
      /^[a-z./-]+\/[a-zA-Z0-9./-]+\.(ts|lua)$|^biome\.json$/.test(code),
    );
    const missing = files.filter((file) => !['', 'src'].some((base) => existsSync(join(ROOT, base, file))));
    expect(missing.filter((file) => !file.startsWith('../'))).toEqual([]);
  });
});

it('every decision the code speaks of is there', () => {
  const sources = ['src', 'workers', 'test'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(ts|lua)$/.test(path))
      .map((path) => join(folder, path)),
  );
  const numbers = sources.flatMap((path) =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(/docs\/adr\/(\d{4})/g)].map(
      (match) => match[1] ?? '',
    ),
  );
  expect(numbers.length).toBeGreaterThan(0);
  expect(numbers.filter((number) => !names.some((name) => name.startsWith(`${number}-`)))).toEqual([]);
});
