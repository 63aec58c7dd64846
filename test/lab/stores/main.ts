/**
 * Which Redis: the tests of the store, of the workers and of crashes, on each server that Debian has.
 *
 *   npm run lab:stores [-- NAME ...] [--folder DIR]
 *
 * Needs apt (of any Debian on amd64) and its network; installs nothing. Prints a row a server for docs/proof/stores.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

/** By the name it is asked for; the Debian release that has it, and its package. */
const STORES: Record<string, { suite: string; package: 'redis-server' | 'valkey-server' }> = {
  'redis-6.0': { suite: 'bullseye', package: 'redis-server' },
  'redis-7.0': { suite: 'bookworm', package: 'redis-server' },
  'redis-8.0': { suite: 'trixie', package: 'redis-server' },
  'valkey-8.1': { suite: 'trixie', package: 'valkey-server' },
  'valkey-9.1': { suite: 'sid', package: 'valkey-server' },
};

/** What depends on the server: its Lua, its commands, its persistence, cluster and replicas, and BullMQ above. */
const TESTS = ['test/store', 'test/queue', 'test/producer.int', 'test/workers'];

/** Of the tests that failed, so many are named. */
const MOST_TITLES = 5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { folder: { type: 'string', default: join(tmpdir(), 'sharefox-24seven-stores') } },
});
const asked = positionals.length > 0 ? positionals : Object.keys(STORES);
mkdirSync(values.folder, { recursive: true });
process.stdout.write('| server | version | passed | failed | tests that failed |\n');
process.stdout.write('| ------ | ------- | -----: | -----: | ----------------- |\n');
const rows = asked.map(run);
for (const row of rows) process.stdout.write(`${row.text}\n`);
process.exitCode = rows.some(({ failed }) => failed > 0) ? 1 : 0;

function run(name: string): { text: string; failed: number } {
  const store = STORES[name];
  if (store === undefined) {
    process.stderr.write(`no server ${name}; there are ${Object.keys(STORES).join(', ')}\n`);
    process.exit(2);
  }
  const unpack = join(import.meta.dirname, 'unpack.sh');
  const unpacked = spawnSync(unpack, [store.suite, store.package, values.folder], { encoding: 'utf8' });
  if (unpacked.status !== 0) {
    process.stderr.write(unpacked.stderr);
    process.exit(2);
  }
  const bin = unpacked.stdout.trim();
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  const version = /v=([\d.]+)/.exec(
    spawnSync('redis-server', ['--version'], { env, encoding: 'utf8' }).stdout,
  );
  const report = join(values.folder, `${name}.json`);
  spawnSync(
    'npx',
    ['vitest', 'run', '--project', 'int', ...TESTS, '--reporter=json', `--outputFile=${report}`],
    { env, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    testResults: { name: string; assertionResults: { status: string; title: string }[] }[];
  };
  const titles = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ title }) => title),
  );
  const text = `| ${name} | ${version?.[1]} | ${numPassedTests} | ${numFailedTests} | ${titles.slice(0, MOST_TITLES).join('; ')} |`;
  return { text, failed: numFailedTests };
}
