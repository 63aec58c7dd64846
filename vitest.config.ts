import { defineConfig } from 'vitest/config';
import { chromiumPath } from './test/ops/chromium.ts';

/** Tests with servers: after the pure ones, in processes of their own. */
const withServers = { testTimeout: 60_000, hookTimeout: 30_000, pool: 'forks' } as const;

const hasBrowser = chromiumPath() !== undefined;
if (!hasBrowser) {
  process.stderr.write(
    'The pages are not tested in a browser: no Chromium here (apt-get install chromium).\n',
  );
}

export default defineConfig({
  test: {
    coverage: {
      provider: 'v8',
      include: ['src/contract/**', 'src/domain/**', 'src/transfer/**'],
      reporter: ['text-summary', 'text'],
      thresholds: { lines: 95 },
    },
    projects: [
      {
        test: {
          name: 'unit',
          // A bound on what hangs, not a measure: a busy machine takes many times as long as an idle one.
          testTimeout: 30_000,
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{int,browser}.test.ts'],
        },
      },
      {
        test: {
          ...withServers,
          name: 'int',
          include: ['test/**/*.int.test.ts'],
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...withServers,
          name: 'browser',
          include: hasBrowser ? ['test/**/*.browser.test.ts'] : [],
          sequence: { groupOrder: 2 },
          maxWorkers: 1,
        },
      },
    ],
  },
});
