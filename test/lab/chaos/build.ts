/** The built code, as `npm start` runs it: a process of it starts in half the time. Types are `npm run types`' affair. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const NOT_TYPESCRIPT = ['src/store/lua', 'src/twentyfourseven/wire/wsdl', 'package.json'];

export interface Built {
  worker: string;
  sandbox: string;
  remove(): void;
}

export function build(): Built {
  const dir = mkdtempSync(join(tmpdir(), 'sharefox-24seven-chaos-'));
  const compiled = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'test/lab/chaos/tsconfig.json', '--outDir', dir],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (compiled.status !== 0) throw new Error(`the build failed: ${compiled.stdout}${compiled.stderr}`);
  for (const path of NOT_TYPESCRIPT) {
    cpSync(join(ROOT, path), join(dir, path), {
      recursive: true,
      filter: (file) => !file.endsWith('.ts'),
    });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  return {
    worker: join(dir, 'test/lab/chaos/worker.js'),
    sandbox: join(dir, 'test/lab/chaos/sandbox.js'),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
