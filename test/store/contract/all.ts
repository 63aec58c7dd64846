import { describe } from 'vitest';
import { agendaContract } from './agenda.ts';
import { circuitsContract } from './circuits.ts';
import {
  deploymentContract,
  eventsContract,
  factsContract,
  sessionsContract,
  shopsContract,
} from './company.ts';
import { entitiesContract } from './entities.ts';
import type { Open } from './harness.ts';
import { intentsContract } from './intents.ts';
import { quotaContract } from './quota.ts';
import { recordWritesContract } from './record-writes.ts';
import { recordsContract } from './records.ts';
import { refuseContract } from './refuse.ts';

/** What a store must do, whatever keeps it. */
export function storeContract(open: Open): void {
  describe('records', () => {
    recordsContract(open);
    recordWritesContract(open);
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
