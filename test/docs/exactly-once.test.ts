/** Each rule of "one order, exactly once" names a test and a mutant: they must be there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MUTANTS } from '../lab/mutants/mutants.ts';
import { ROOT, readDocument, tableOf } from './markdown.ts';

const rows = ['docs/proof/exactly-once.md', 'docs/proof/tenants.md'].flatMap((document) =>
  tableOf(readDocument(document), 'rule').map(([rule = '', without = '', test = '', mutant = '']) => ({
    rule,
    without,
    test,
    mutant,
  })),
);

it('every rule says what happens without it, and names a test that is there', () => {
  expect(rows.length).toBeGreaterThan(40);
  const missing = rows.filter(({ without, test }) => {
    const [, file = '', name = ''] = /^`([^`]+)`: (.+)$/.exec(test) ?? [];
    if (without === '' || name === '' || !existsSync(join(ROOT, file))) return true;
    return !readFileSync(join(ROOT, file), 'utf8').replaceAll("\\'", "'").includes(name);
  });
  expect(missing).toEqual([]);
});

it('every mutant named is there', () => {
  const names = new Set(MUTANTS.map(({ name }) => name));
  const missing = rows.filter(({ mutant }) => mutant !== '-' && !names.has(mutant));
  expect(missing).toEqual([]);
});
