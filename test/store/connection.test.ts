import { expect, test } from 'vitest';
import { optionsOf } from '../../src/store/connection.ts';

test('an IPv6 address in REDIS_URL is connected to without its brackets', () => {
  expect(optionsOf({ kind: 'single', url: 'redis://[::1]:6390' })).toEqual({ host: '::1', port: 6390 });
});
