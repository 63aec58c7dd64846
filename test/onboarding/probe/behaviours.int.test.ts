/** Each setting of the sandbox is found out from outside, with and without leave to write. */
import { describe, expect, it } from 'vitest';
import { MOST_REQUESTS, NOT_TOLD, PLAN } from '../../../src/onboarding/probe/run.ts';
import { describeUnknowns } from '../../../src/sandbox/behaviour.ts';
import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { startProbe } from './world.ts';

type World = { value: unknown; options?: SandboxOptions };

/** Settings whose values are no short list, or show only where something else is so, too. */
const WORLDS: Record<string, World[]> = {
  visibilityDelayMs: [{ value: 0 }, { value: 4_000 }],
  emailSlots: [{ value: ['Work'] }, { value: ['Invoice', 'Work'] }],
  saveSums: [{ value: true }, { value: false }],
  saveNames: [{ value: true }, { value: false }],
  saveRows: [{ value: true }, { value: false }],
  sessionLife: ['sliding', 'absolute'].map((value) => ({ value, options: { sessionMs: 20_000 } })),
  sessionsPerUser: [null, 1, 2, 3].map((value) => ({ value })),
  sessionsBeyond: ['oldest_ends', 'login_refused'].map((value) => ({
    value,
    options: { sessionsPerUser: 2 },
  })),
  requestsPerHour: [{ value: 7_200 }, { value: 500 }],
  quotaAnswer: ['http429', 'fault500', 'fault200'].map((value) => ({
    value,
    options: { requestsPerHour: 20 },
  })),
  loginThrottledText: [{ value: 'Logins are throttled', options: { loginsPerMinute: 2 } }],
  deniedServices: [[], ['Account'], ['Client'], ['Company'], ['Product', 'Invoice']].map((value) => ({
    value,
  })),
  deniedWrites: [[], ['Company'], ['Product'], ['Invoice']].map((value) => ({ value })),
  permissionText: [
    { value: 'Access denied to the module', options: { deniedServices: ['Client'] } },
    { value: 'No access', options: { deniedServices: ['Account'] } },
  ],
};

/** What only a save tells, or only a customer with an e-mail in every slot. */
const NEEDS_WRITE = new Set([
  ...PLAN.filter(({ needsWrite }) => needsWrite === true).flatMap(({ holds }) => Object.keys(holds)),
  'emailSlots',
]);
NEEDS_WRITE.delete('permissionText');

const CASES = describeUnknowns()
  .filter(({ name }) => NOT_TOLD[name] === undefined)
  .flatMap(({ name, values }) =>
    (WORLDS[name] ?? values.map((value): World => ({ value }))).flatMap((world) =>
      [false, true].map((canWrite) => ({ name, canWrite, ...world })),
    ),
  );

describe.each(CASES)('$name $value, write: $canWrite', ({ name, value, options, canWrite }) => {
  it('is found', async () => {
    const world = await startProbe({ ...options, [name]: value });
    const { behaviour, state } = await world.run(canWrite);
    await world.stop();
    const found = behaviour[name];
    if (!canWrite && NEEDS_WRITE.has(name)) expect(found).toBeUndefined();
    else if (name === 'visibilityDelayMs') {
      // Looked at each second: what it says is an upper bound.
      expect(Number(found) - Number(value)).toBeGreaterThanOrEqual(0);
      expect(Number(found) - Number(value)).toBeLessThan(3_000);
    } else expect(found).toEqual(name === 'emailSlots' ? expect.arrayContaining(value as string[]) : value);
    if (name === 'emailSlots' && canWrite) expect(found).toHaveLength((value as string[]).length);
    expect(state.requests).toBeLessThanOrEqual(MOST_REQUESTS);
  });
});

it('every setting is told by a question, or it is said why none can', () => {
  const told = new Set(PLAN.flatMap(({ holds }) => Object.keys(holds)));
  const names = describeUnknowns().map(({ name }) => name as string);
  expect(names.filter((name) => !told.has(name) && NOT_TOLD[name] === undefined)).toEqual([]);
  expect(Object.keys(NOT_TOLD).filter((name) => told.has(name) || !names.includes(name))).toEqual([]);
  expect([...told].filter((name) => !names.includes(name))).toEqual([]);
  // And each one that is told has a world of each of its values.
  expect(
    names.filter((name) => NOT_TOLD[name] === undefined && !CASES.some((each) => each.name === name)),
  ).toEqual([]);
});
