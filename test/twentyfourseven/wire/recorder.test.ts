/** The recorder on a disk: bounded, and never in anybody's way. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { createRecorder } from '../../../src/twentyfourseven/wire/recorder.ts';
import type { RawExchange } from '../../../src/twentyfourseven/wire/recording.ts';
import { readRecording } from '../../support/replay.ts';
import { silentLogger } from '../support.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recorder-'));
  return () => rmSync(folder, { recursive: true, force: true });
});

const anExchange = (at: number, body = ''): RawExchange => ({
  at,
  durationMs: 12.4,
  service: 'invoice',
  operation: 'GetInvoices',
  request: { headers: {}, body },
  answer: { status: 200, headers: {}, body },
});

function watched() {
  const warnings: object[] = [];
  return { warnings, logger: { ...silentLogger, warn: (fields: object) => void warnings.push(fields) } };
}

it('the newest are kept, by number', async () => {
  const recorder = createRecorder({ dir: folder, logger: silentLogger, limits: { files: 3, bytes: 1e6 } });
  for (let at = 0; at < 10; at += 1) recorder.note(anExchange(at));
  await recorder.close();
  expect(readRecording(folder).map(({ at }) => Date.parse(at))).toEqual([7, 8, 9]);
});

it('and by size, what an earlier process left included', async () => {
  const big = `<Envelope>${'<Price>1.00</Price>'.repeat(100)}</Envelope>`;
  for (const from of [0, 20]) {
    const recorder = createRecorder({
      dir: folder,
      logger: silentLogger,
      limits: { files: 99, bytes: 12_000 },
    });
    for (let at = from; at < from + 9; at += 1) recorder.note(anExchange(at, big));
    await recorder.close();
  }
  const bytes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
  expect(bytes.length).toBeGreaterThan(1);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(12_000);
  expect(
    readRecording(folder)
      .map(({ at }) => Date.parse(at))
      .at(-1),
  ).toBe(28);
});

it("other people's files in the folder are left alone", async () => {
  mkdirSync(join(folder, 'mine'));
  const recorder = createRecorder({ dir: folder, logger: silentLogger, limits: { files: 1, bytes: 1 } });
  for (let at = 0; at < 3; at += 1) recorder.note(anExchange(at));
  await recorder.close();
  expect(readdirSync(folder)).toContain('mine');
});

it('a missing folder is one warning, however many requests there are, and no failure', async () => {
  const { logger, warnings } = watched();
  const dir = join(folder, 'missing');
  const recorder = createRecorder({ dir, logger });
  for (let at = 0; at < 5; at += 1) recorder.note(anExchange(at));
  await recorder.close();
  expect(warnings).toHaveLength(1);
  mkdirSync(dir);
  recorder.note(anExchange(6));
  await recorder.close();
  expect(readdirSync(dir)).toHaveLength(1);
});

it('a call hands over its texts and goes on: nothing is written before it does', async () => {
  const recorder = createRecorder({ dir: folder, logger: silentLogger });
  for (let at = 0; at < 500; at += 1) recorder.note(anExchange(at));
  expect(readdirSync(folder)).toEqual([]);
  await recorder.close();
  // What could not be kept up with is left out, and counted.
  expect(readdirSync(folder).length).toBeLessThanOrEqual(51);
  expect(readRecording(folder)[0]).toMatchObject({ leftOut: expect.any(Number) });
});
