import { defineConfig } from 'vitest/config';

/** The tests that mutants of `src/domain` are run against. */
export default defineConfig({ test: { include: ['test/domain/**/*.test.ts'] } });
