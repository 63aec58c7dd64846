/**
 * The last requests and answers on a disk, masked, for the day when something is odd (TFSO_RECORD_DIR).
 *
 * A call only hands its texts over. Masking and writing come later, one at a time; where they cannot keep
 * up, exchanges are left out. Nothing here ever throws into a call.
 */
import { randomBytes } from 'node:crypto';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from '../../logger.ts';
import { createMasker, type RawExchange } from './recording.ts';
import { wordsOfService } from './words.ts';

export interface Recorder {
  /** Returns at once. */
  note(exchange: RawExchange): void;
  /** Resolves once what was noted is written or given up. */
  close(): Promise<void>;
}

/** About an hour of a full quota's busiest minutes; some MB. Of one process: each keeps its own last ones. */
const MOST_FILES = 1_000;
const MOST_BYTES = 64 * 1024 * 1024;
/** Of one body; the rest is cut off, so that masking never holds a process up. */
const MOST_CHARACTERS = 256 * 1024;
const MOST_WAITING = 50;
const FILE = /^\d{8}T\d{9}Z-\d{6}-[0-9a-f]{8}\.json$/;

export interface RecorderDeps {
  dir: string;
  logger: Logger;
  limits?: { files: number; bytes: number };
}

export function createRecorder({
  dir,
  logger,
  limits = { files: MOST_FILES, bytes: MOST_BYTES },
}: RecorderDeps): Recorder {
  const masker = createMasker(wordsOfService());
  const token = randomBytes(4).toString('hex');
  const waiting: RawExchange[] = [];
  /** Oldest first. */
  let kept: { name: string; bytes: number }[] | undefined;
  let bytesKept = 0;
  let count = 0;
  let leftOut = 0;
  let isFailing = false;
  let working: Promise<void> | undefined;

  const cut = (body: string) => body.slice(0, MOST_CHARACTERS);

  function nameOf(at: number): string {
    count += 1;
    const time = new Date(at).toISOString().replace(/[-:.]/g, '');
    return `${time}-${String(count % 1_000_000).padStart(6, '0')}-${token}.json`;
  }

  /** What an earlier process left counts, too: restarts do not fill the disk. */
  async function readKept(): Promise<{ name: string; bytes: number }[]> {
    const names = (await readdir(dir)).filter((name) => FILE.test(name)).sort();
    const sizes = await Promise.all(
      names.map((name) =>
        stat(join(dir, name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    return names.map((name, index) => ({ name, bytes: sizes[index] ?? 0 }));
  }

  async function write(exchange: RawExchange): Promise<void> {
    if (kept === undefined) {
      kept = await readKept();
      bytesKept = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    }
    const text = JSON.stringify({ ...masker.exchange(exchange), ...(leftOut > 0 && { leftOut }) }, null, 1);
    const name = nameOf(exchange.at);
    const bytes = Buffer.byteLength(text);
    // Room first: a full disk gets no fuller.
    while (kept.length > 0 && (kept.length >= limits.files || bytesKept + bytes > limits.bytes)) {
      const [oldest] = kept;
      if (oldest === undefined) break;
      await rm(join(dir, oldest.name), { force: true });
      kept.shift();
      bytesKept -= oldest.bytes;
    }
    await writeFile(join(dir, name), text);
    kept.push({ name, bytes });
    bytesKept += bytes;
    leftOut = 0;
  }

  async function work(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await nextTurn();
      try {
        await write(next);
        isFailing = false;
      } catch (err) {
        // Said once, not with every request; the file's name tells nothing of anybody.
        if (!isFailing) logger.warn({ err, dir }, 'requests are not recorded');
        isFailing = true;
      }
    }
  }

  function start(): void {
    working ??= work().finally(() => {
      working = undefined;
      // Noted between the last look and now.
      if (waiting.length > 0) start();
    });
  }

  return {
    note(exchange) {
      if (waiting.length >= MOST_WAITING) {
        leftOut += 1;
        return;
      }
      const { request, answer } = exchange;
      waiting.push({
        ...exchange,
        request: { ...request, body: cut(request.body) },
        answer: 'problem' in answer ? answer : { ...answer, body: cut(answer.body) },
      });
      start();
    },
    async close() {
      while (working !== undefined) await working;
    },
  };
}
