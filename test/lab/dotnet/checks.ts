import { isDeepStrictEqual } from 'node:util';

let passed = 0;
let failed = 0;

export const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** One line per check. */
export const check = (name: string, isTrue: boolean, found?: unknown): void => {
  if (isTrue) passed += 1;
  else failed += 1;
  say(
    `${isTrue ? 'ok  ' : 'FAIL'} ${name}${isTrue || found === undefined ? '' : `: found ${JSON.stringify(found)}`}`,
  );
};

/** Fails if `wanted` is undefined: the value to compare with was never read. */
export const same = (name: string, found: unknown, wanted: unknown): void =>
  check(name, wanted !== undefined && isDeepStrictEqual(found, wanted), { found, wanted });

/** Prints the count. Returns the exit code. */
export const conclude = (): number => {
  say(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
};
