import { describe } from 'vitest';
import { agendaContract } from './agenda.ts';
import { circuitsContract } from './circuits.ts';
import { entitiesContract } from './entities.ts';
import { eventsContract } from './events.ts';
import { deploymentContract, factsContract } from './facts.ts';
import type { Open } from './harness.ts';
import { intentsContract } from './intents.ts';
import { quotaContract } from './quota.ts';
import { recordEndsContract } from './record-ends.ts';
import { recordGuardsContract } from './record-guards.ts';
import { recordWritesContract } from './record-writes.ts';
import { recordsContract } from './records.ts';
import { refuseContract } from './refuse.ts';
import { sessionsContract } from './sessions.ts';
import { shopsContract } from './shops.ts';

/** What a store must do, whatever keeps it. */
export function storeContract(open: Open): void {
  describe('records', () => {
    recordsContract(open);
    recordGuardsContract(open);
    recordWritesContract(open);
    recordEndsContract(open);
    refuseContract(open);
  });
  describe('agenda', () => agendaContract(open));
  describe('intents', () => intentsContract(open));
  describe('entities', () => entitiesContract(open));
  describe('shops', () => shopsContract(open));
  describe('facts', () => factsContract(open));
  describe('deployment', () => deploymentContract(open));
  describe('circuits', () => circuitsContract(open));
  describe('events', () => eventsContract(open));
  describe('sessions', () => sessionsContract(open));
  describe('quota', () => quotaContract(open));
}
