/**
 * `npm run mutants [-- part of a name]`: each mutant alone is put into a copy of the tree and its tests are
 * run there. Exit code 1 where one survives.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { MUTANTS, type Mutant } from './mutants.ts';

const ROOT = join(import.meta.dirname, '../..');
const COPIED = ['src', 'workers', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts'];

interface TestRun {
  /** Full name of the first test that failed. */
  failed: string | undefined;
  passed: boolean;
  output: string;
}

const wanted = process.argv[2] ?? '';
const mutants = MUTANTS.filter(({ name }) => name.includes(wanted));
const dir = mkdtempSync(join(tmpdir(), 'sharefox-24seven-mutants-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
for (const path of COPIED) cpSync(join(ROOT, path), join(dir, path), { recursive: true });
symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));

const say = (line: string) => process.stdout.write(`${line}\n`);

function runTests(files: string[]): TestRun {
  const report = join(dir, 'report.json');
  rmSync(report, { force: true });
  const vitest = spawnSync(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--bail',
      '1',
      '--reporter',
      'json',
      '--outputFile',
      report,
      ...files,
    ],
    { cwd: dir, encoding: 'utf8' },
  );
  const output = `${vitest.stdout}${vitest.stderr}`.slice(-2_000);
  try {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
      testResults: { assertionResults: { status: string; fullName: string }[] }[];
    };
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
    return {
      failed: tests.find(({ status }) => status === 'failed')?.fullName,
      passed: vitest.status === 0 && tests.some(({ status }) => status === 'passed'),
      output,
    };
  } catch {
    return { failed: undefined, passed: false, output };
  }
}

/** Returns how to take it out again. */
function putIn({ name, edits }: Mutant): () => void {
  const originals = new Map<string, string>();
  for (const { file, text, replacement } of edits) {
    const path = join(dir, file);
    const before = readFileSync(path, 'utf8');
    if (before.split(text).length !== 2)
      throw new Error(`"${name}": its text is not once in ${file}: ${text}`);
    originals.set(path, originals.get(path) ?? before);
    writeFileSync(
      path,
      before.replace(text, () => replacement),
    );
  }
  return () => {
    for (const [path, original] of originals) writeFileSync(path, original);
  };
}

for (const mutant of mutants) putIn(mutant)();
const all = [...new Set(mutants.flatMap(({ tests }) => tests))];
const untouched = runTests(all);
if (!untouched.passed) {
  say(`the tests fail without any mutant: ${untouched.failed ?? untouched.output}`);
  process.exit(1);
}
say(`${all.length} test files pass as the code is; now ${mutants.length} mutants`);

let survivors = 0;
for (const mutant of mutants) {
  const takeOut = putIn(mutant);
  let killer: string | undefined;
  for (const file of mutant.tests) {
    const { failed, passed, output } = runTests([file]);
    if (failed === undefined && !passed) throw new Error(`"${mutant.name}": ${file} did not run: ${output}`);
    killer ??= failed;
    if (killer !== undefined) break;
  }
  takeOut();
  if (killer === undefined) survivors += 1;
  say(
    killer === undefined ? `SURVIVED  ${mutant.name}` : `killed    ${mutant.name}\n            by: ${killer}`,
  );
}
say(`${mutants.length} mutants, ${survivors} survived`);
process.exit(survivors === 0 ? 0 : 1);
