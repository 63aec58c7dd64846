/** `records export` and `records import`: all records with their trails, one a line (NDJSON). */
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, stat, truncate, unlink } from 'node:fs/promises';
import { systemClock } from '../clock.ts';
import type { ArchivedRecord, RecordArchive, Restored } from '../store/archive.ts';
import { withProduct } from './context.ts';
import { CliProblem, EXIT, type Io } from './io.ts';
import { lineOf, parseLine } from './records-file.ts';

const STANDARD = '-';
/** Records asked for, or put back, at once. */
const AT_ONCE = 100;
/** An export that broke off is gone on with for so long; what it has already is as old as that. */
const GOES_ON_MS = 24 * 3_600_000;
const MOST_LISTED = 20;

const count = (number: number, what = 'record') => `${number} ${what}${number === 1 ? '' : 's'}`;
const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown error';

function* chunked<T>(all: readonly T[]): Generator<T[]> {
  for (let i = 0; i < all.length; i += AT_ONCE) yield all.slice(i, i + AT_ONCE);
}

/**
 * Into FILE, by way of FILE.part: FILE is whole or as it was before. `-` is standard output. An export that broke off
 * goes on where FILE.part ends. It holds personal data, so only its owner may read it.
 */
export async function exportRecords(io: Io, file: string): Promise<number> {
  return withProduct(io, {}, async ({ store: { archive } }) => {
    if (file === STANDARD) {
      const written = await writeAll(archive, new Set(), async (text) => io.out(text.trimEnd()));
      io.err(`${count(written)} exported`);
      return EXIT.done;
    }
    const part = `${file}.part`;
    const has = await begun(part);
    const handle = await open(part, 'a', 0o600).catch((error: unknown) => {
      throw new CliProblem([`${file}: cannot be written (${codeOf(error)})`], EXIT.wrongUse);
    });
    await handle.chmod(0o600);
    const written = await intoFile(archive, has, handle);
    await rename(part, file);
    io.out(`${count(has.size + written)} exported to ${file}`);
    return EXIT.done;
  });
}

async function intoFile(archive: RecordArchive, has: Set<string>, handle: FileHandle): Promise<number> {
  try {
    const written = await writeAll(archive, has, (text) => handle.appendFile(text));
    await handle.sync();
    return written;
  } finally {
    await handle.close();
  }
}

const nameOf = ({ shopId, invoiceId }: ArchivedRecord['key']) => `${shopId}:${invoiceId}`;

async function writeAll(
  archive: RecordArchive,
  has: Set<string>,
  write: (lines: string) => Promise<void>,
): Promise<number> {
  let written = 0;
  for await (const page of archive.keys()) {
    for (const keys of chunked(page.filter((key) => !has.has(nameOf(key))))) {
      const records = await archive.read(keys);
      if (records.length > 0) await write(records.map(lineOf).join(''));
      written += records.length;
    }
  }
  return written;
}

/** Which records a part file holds already. A last line that was cut off is taken out of it. */
async function begun(part: string): Promise<Set<string>> {
  const has = new Set<string>();
  const found = await stat(part).catch(() => undefined);
  if (found === undefined) return has;
  if (systemClock.now() - found.mtimeMs > GOES_ON_MS) {
    await unlink(part);
    return has;
  }
  let whole = 0;
  for await (const line of linesOf(part)) {
    const end = whole + Buffer.byteLength(line) + 1;
    const record = end > found.size ? undefined : parseLine(line);
    if (record === undefined) break;
    has.add(nameOf(record.key));
    whole = end;
  }
  await truncate(part, whole);
  return has;
}

/** One line after the other; the file is never in memory as a whole. Throws CliProblem where it cannot be read. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const input = file === STANDARD ? process.stdin : createReadStream(file);
  let rest = '';
  try {
    for await (const chunk of input.setEncoding('utf8')) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    throw new CliProblem([`${file}: cannot be read (${codeOf(error)})`], EXIT.wrongUse);
  }
  if (rest !== '') yield rest;
}

/**
 * Put back what is newer than here. Running it again does nothing again, so one that broke off is run again. A line that
 * is no record is told, and the others are put back. Ends with 1 where anything was left out that is not here.
 */
export async function importRecords(io: Io, file: string): Promise<number> {
  return withProduct(io, {}, async ({ store: { archive }, config }) => {
    const told: Record<Restored, number> = { restored: 0, kept: 0, busy: 0 };
    const wrong: number[] = [];
    const { restore } = archive.begin();
    let waiting: ArchivedRecord[] = [];
    const putBack = async () => {
      for (const answer of await Promise.all(waiting.map(restore))) told[answer] += 1;
      waiting = [];
    };
    let number = 0;
    for await (const line of linesOf(file)) {
      number += 1;
      if (line.trim() === '') continue;
      const record = parseLine(line);
      if (record === undefined) wrong.push(number);
      else waiting.push(record);
      if (waiting.length === AT_ONCE) await putBack();
    }
    await putBack();
    io.out(`${count(told.restored)} imported; ${told.kept} kept, the same or newer here`);
    if (told.restored > 0) {
      io.out(
        `nothing is sent for ${Math.ceil(config.timing.settleMs / 1_000)} s, until looks can be believed`,
      );
    }
    const problems = wrong.slice(0, MOST_LISTED).map((at) => `${file}: line ${at} is no record`);
    if (wrong.length > MOST_LISTED) problems.push(`and ${wrong.length - MOST_LISTED} more`);
    if (told.busy > 0) problems.push(`${count(told.busy)} left out, a job works on them; run this again`);
    if (problems.length > 0) throw new CliProblem(problems);
    return EXIT.done;
  });
}
