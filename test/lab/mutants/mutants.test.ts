/** A mutant whose text is gone from the code guards nothing, and stops the run of all others. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../docs/markdown.ts';
import { MUTANTS } from './mutants.ts';

it("each mutant's text stands in its file exactly once, and its tests are there", () => {
  const broken = MUTANTS.flatMap(({ name, edits, tests }) => [
    ...edits
      .filter(({ file, text }) => readFileSync(join(ROOT, file), 'utf8').split(text).length !== 2)
      .map(({ file }) => `${name}: ${file}`),
    ...tests.filter(({ file }) => !existsSync(join(ROOT, file))).map(({ file }) => `${name}: ${file}`),
  ]);
  expect(broken).toEqual([]);
});

it('no two mutants have one name', () => {
  const names = MUTANTS.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
