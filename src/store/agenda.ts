import type { Agenda } from '../transfer/ports/agenda.ts';
import type { RecordKey } from '../transfer/ports/records.ts';
import type { Keys } from './keys.ts';
import type { Scripts } from './scripts.ts';

/** A record's name in the agenda; neither part can hold a colon. */
export const agendaMember = ({ shopId, invoiceId }: RecordKey): string => `${shopId}:${invoiceId}`;

export function keyOfMember(member: string): RecordKey {
  const [shopId = '', invoiceId = ''] = member.split(':');
  return { shopId, invoiceId };
}

/** A sorted set of records by the time they are due; the scripts that change a record's state keep it. */
export function createAgenda({ scripts, keys }: { scripts: Scripts; keys: Keys }): Agenda {
  return {
    async due(limit, holdMs) {
      const members = await scripts.run('due', [keys.agenda], [limit, holdMs]);
      return (members as string[]).map(keyOfMember);
    },
    async schedule(key, state, delayMs, { countsAsLook = false } = {}) {
      const args = [agendaMember(key), state, delayMs ?? '', countsAsLook ? '1' : ''];
      await scripts.run('schedule', [keys.record(key), keys.agenda], args);
    },
    async rest(key) {
      const { shopId } = key;
      await scripts.run('rest', [keys.agenda, keys.resting(shopId), keys.shop(shopId)], [agendaMember(key)]);
    },
  };
}
