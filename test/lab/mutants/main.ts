/**
 * `npm run mutants [-- part of a name]`: puts each mutant alone into a copy of the tree and runs its tests
 * there. Exit code 1 if one survives.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createVitest, type TestCase } from 'vitest/node';
import type { Mutant, Tests } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

const ROOT = join(import.meta.dirname, '../../..');
const COPIED = ['src', 'workers', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts'];
/** A mutant may make a test wait for ever. Without mutants no test takes nearly as long. */
const TEST_TIMEOUT_MS = 15_000;

const wanted = process.argv[2] ?? '';
const mutants = MUTANTS.filter(({ name }) => name.includes(wanted));
const dir = mkdtempSync(join(tmpdir(), 'sharefox-24seven-mutants-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
for (const path of COPIED) cpSync(join(ROOT, path), join(dir, path), { recursive: true });
symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));

const say = (line: string) => process.stdout.write(`${line}\n`);

// One Vitest for all runs, so that unchanged files are read once. (`bail` would count failures of all runs.)
const vitest = await createVitest('test', {
  ...{ root: dir, config: join(dir, 'vitest.config.ts') },
  ...{ watch: false, testTimeout: TEST_TIMEOUT_MS, reporters: [{ onTestCaseResult: endAtFailure }] },
});

/** One failed test is enough. */
function endAtFailure(test: TestCase): void {
  if (test.result().state === 'failed') void vitest.cancelCurrentRun('test-failure');
}

interface TestRun {
  passed: boolean;
  /** The first test that failed: its full name and its error. */
  failed: { name: string; error: string } | undefined;
}

async function runTests({ file, only }: Tests): Promise<TestRun> {
  if (only === undefined) vitest.resetGlobalTestNamePattern();
  else vitest.setGlobalTestNamePattern(only);
  const specifications = (await vitest.globTestSpecifications([join(dir, file)])).filter(
    ({ moduleId }) => moduleId === join(dir, file),
  );
  const ran = await vitest.runTestSpecifications(specifications);
  const testModules = ran.testModules.filter(({ moduleId }) => moduleId === join(dir, file));
  for (const module of testModules) {
    for (const test of module.children.allTests('failed')) {
      return {
        passed: false,
        failed: { name: test.fullName, error: String(test.result().errors?.[0]?.message) },
      };
    }
  }
  const isPassed = testModules.length > 0 && testModules.every((module) => module.ok());
  return { passed: isPassed && ran.unhandledErrors.length === 0, failed: undefined };
}

/** Returns a function that takes the mutant out again. */
function putIn({ name, edits }: Mutant): () => void {
  const originals = new Map<string, string>();
  const write = (path: string, content: string) => {
    writeFileSync(path, content);
    vitest.invalidateFile(path);
  };
  for (const { file, text, replacement } of edits) {
    const path = join(dir, file);
    const before = readFileSync(path, 'utf8');
    if (before.split(text).length !== 2)
      throw new Error(`"${name}": its text is not once in ${file}: ${text}`);
    originals.set(path, originals.get(path) ?? before);
    write(
      path,
      before.replace(text, () => replacement),
    );
  }
  return () => {
    for (const [path, original] of originals) write(path, original);
  };
}

/** @returns the name of the test that noticed the mutant. Throws if the tests could not run */
async function killerOf(mutant: Mutant): Promise<string | undefined> {
  for (const tests of mutant.tests) {
    const { passed, failed } = await runTests(tests);
    if (failed !== undefined) return `${failed.name}: ${failed.error.split('\n')[0]?.slice(0, 120)}`;
    if (!passed) throw new Error(`"${mutant.name}": ${tests.file} did not run`);
  }
  return undefined;
}

let survivors = 0;
try {
  for (const mutant of mutants) putIn(mutant)();
  for (const tests of new Set(mutants.flatMap((mutant) => mutant.tests))) {
    const { passed, failed } = await runTests(tests);
    if (!passed) throw new Error(`${tests.file} fails without any mutant: ${failed?.name}: ${failed?.error}`);
  }
  say(`the tests pass as the code is; now ${mutants.length} mutants`);
  for (const mutant of mutants) {
    const takeOut = putIn(mutant);
    const killer = await killerOf(mutant);
    takeOut();
    if (killer === undefined) survivors += 1;
    say(
      killer === undefined ? `SURVIVED  ${mutant.name}` : `killed    ${mutant.name}\n          by ${killer}`,
    );
  }
  say(`${mutants.length} mutants, ${survivors} survived`);
} finally {
  await vitest.close();
}
process.exit(survivors === 0 ? 0 : 1);
