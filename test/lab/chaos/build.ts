/** Builds the code as `npm start` runs it: such a process starts in half the time. `npm run types` checks the types. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
/** Files of a worker process, of any version. It needs nothing else from this folder. */
const HARNESS = ['worker.ts', 'sandbox.ts', 'watch.ts', 'orders.ts', 'tsconfig.json'];

export interface Built {
  worker: string;
  sandbox: string;
  remove(): void;
}

const emptyDirectory = () => mkdtempSync(join(tmpdir(), 'sharefox-24seven-chaos-'));

function must(what: string, ...[command, args, options]: Parameters<typeof spawnSync>): void {
  const done = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (done.status !== 0) throw new Error(`${what} failed: ${done.stdout}${done.stderr}`);
}

export function build(root = ROOT): Built {
  const dir = emptyDirectory();
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const args = [compiler, '-p', 'test/lab/chaos/tsconfig.json', '--outDir', dir];
  must('the build', process.execPath, args, { cwd: root });
  // Lua scripts and WSDLs are read from beside the code.
  const isCode = (file: string) => file.endsWith('.ts');
  cpSync(join(root, 'src'), join(dir, 'src'), { recursive: true, filter: (file) => !isCode(file) });
  cpSync(join(root, 'package.json'), join(dir, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  return {
    worker: join(dir, 'test/lab/chaos/worker.js'),
    sandbox: join(dir, 'test/lab/chaos/sandbox.js'),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** A version of the past, from the history; throws where there is none of that name. */
export function buildVersion(revision: string): Built {
  const root = emptyDirectory();
  const tar = join(root, 'tree.tar');
  try {
    must(`git archive ${revision}`, 'git', ['archive', '--output', tar, revision], { cwd: ROOT });
    must('unpacking', 'tar', ['-xf', tar, '-C', root], {});
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    for (const file of HARNESS) {
      cpSync(join(import.meta.dirname, file), join(root, 'test/lab/chaos', file));
    }
    return build(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
