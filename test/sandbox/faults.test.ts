import { describe, expect, it } from 'vitest';
import { createFaults, createRandom } from '../../src/sandbox/faults.ts';

const call = (operation: string, clientId = 501, body = '') => ({ operation, clientId, body });

describe('injected faults', () => {
  it('strike once and are gone', () => {
    const faults = createFaults(1);
    faults.inject({ operation: 'SaveInvoices', effect: { kind: 'reset' } });
    expect(faults.strike(call('GetInvoices'))).toBeUndefined();
    expect(faults.strike(call('SaveInvoices'))).toEqual({ effect: { kind: 'reset' }, when: 'before' });
    expect(faults.strike(call('SaveInvoices'))).toBeUndefined();
  });

  it('strike the n-th matching call of one company', () => {
    const faults = createFaults(1);
    faults.inject({ operation: '*', effect: { kind: 'reset' }, clientId: 502, skip: 1, when: 'after' });
    const struck = [501, 502, 501, 502, 502].map(
      (clientId) => faults.strike(call('GetCompanies', clientId)) !== undefined,
    );
    expect(struck).toEqual([false, false, false, true, false]);
  });

  it('strike only the request that holds a text', () => {
    const faults = createFaults(1);
    faults.inject({ operation: '*', effect: { kind: 'reset' }, bodyIncludes: 'SF-2' });
    expect(faults.strike(call('SaveInvoices', 501, 'SF-1'))).toBeUndefined();
    expect(faults.strike(call('SaveInvoices', 501, 'SF-2'))).toBeDefined();
  });

  it('strike the same calls again under the same random seed', () => {
    const run = (seed: number) => {
      const faults = createFaults(seed);
      faults.inject({ operation: '*', effect: { kind: 'reset' }, probability: 0.3 });
      return Array.from({ length: 200 }, () => faults.strike(call('Login')) !== undefined);
    };
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
    expect(run(7).filter(Boolean).length).toBeGreaterThan(30);
    expect(run(7).filter(Boolean).length).toBeLessThan(90);
  });

  it('are refused when misspelt', () => {
    const faults = createFaults(1);
    expect(() => faults.inject({ operation: '*', effect: { kind: 'resett' } } as never)).toThrow();
    expect(() => faults.inject({ operation: '*', effect: { kind: 'reset' }, counts: 2 } as never)).toThrow();
  });

  it('draw evenly', () => {
    const random = createRandom(42);
    const mean = Array.from({ length: 10_000 }, random).reduce((sum, x) => sum + x, 0) / 10_000;
    expect(mean).toBeGreaterThan(0.48);
    expect(mean).toBeLessThan(0.52);
  });
});
