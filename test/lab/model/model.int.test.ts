/** The protocol's model in its small form, which takes seconds. `npm run model` explores all of it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { beforeAll, expect, test } from 'vitest';

let lines: string[];
let exitCode: number | null;
beforeAll(() => {
  const ran = spawnSync(process.execPath, [join(import.meta.dirname, 'run.mjs'), 'small'], {
    encoding: 'utf8',
  });
  lines = ran.stdout.trim().split('\n');
  exitCode = ran.status;
}, 120_000);

test('with all rules no order and no customer exists twice', () => {
  const kept = lines.filter((line) => line.includes('all rules'));
  expect(kept).toHaveLength(9);
  expect(kept.filter((line) => line.startsWith('VIOLATED'))).toEqual([]);
});

test('each rule taken out alone does harm', () => {
  const without = lines.filter((line) => line.includes('without'));
  expect(without).toHaveLength(18);
  expect(without.filter((line) => !line.startsWith('VIOLATED'))).toEqual([]);
  expect(exitCode).toBe(0);
});
