/** Facts of companies, and of the deployment. */
import { expect, it } from 'vitest';
import { CLIENT, type Open, useHarness } from './harness.ts';

export function factsContract(open: Open): void {
  const h = useHarness(open);

  it('a fact is kept per company and name until it is replaced or forgotten', async () => {
    const { facts } = h.store;
    await facts.set(CLIENT, 'taxCodes', '[{"taxId":3}]');
    await facts.set(CLIENT, 'markSearchable', '1');
    await facts.set('502', 'taxCodes', 'refused');
    expect(await h.other.facts.get(CLIENT, 'taxCodes')).toBe('[{"taxId":3}]');
    expect(await h.other.facts.get(CLIENT, 'confirmedTaxIds')).toBeUndefined();
    await facts.set(CLIENT, 'taxCodes', '[]');
    expect(await facts.get(CLIENT, 'taxCodes')).toBe('[]');
    await facts.forget(CLIENT, 'taxCodes');
    expect(await facts.get(CLIENT, 'taxCodes')).toBeUndefined();
    expect(await facts.get(CLIENT, 'markSearchable')).toBe('1');
    expect(await facts.get('502', 'taxCodes')).toBe('refused');
  });
}

export function deploymentContract(open: Open): void {
  const h = useHarness(open);

  it('sessions that were seen to move stay suspect, for every process', async () => {
    expect(await h.other.deployment.sessionsMove()).toBe(false);
    await h.store.deployment.noteSessionsMove();
    await h.store.deployment.noteSessionsMove();
    expect(await h.other.deployment.sessionsMove()).toBe(true);
  });
}
