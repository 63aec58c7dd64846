import { randomUUID } from 'node:crypto';
import type { Timing } from '../timing.ts';
import type { IntentAnswer, Intents, SendIntent } from '../transfer/ports/intents.ts';
import type { TrailEntry } from '../transfer/ports/records.ts';
import type { Keys } from './keys.ts';
import type { Replicas } from './replicas.ts';
import type { Scripts } from './scripts.ts';

/** Intents in Redis, one script over a batch. With replicas, an intent counts once one of them has it. */
export function createIntents(deps: {
  scripts: Scripts;
  keys: Keys;
  timing: Timing;
  replicas: Replicas;
}): Intents {
  const { scripts, keys, timing, replicas } = deps;

  const keysOf = (intent: SendIntent): string[] =>
    intent.kind === 'order'
      ? [keys.record(intent.key), keys.trail(intent.key)]
      : [keys.createLease(intent.clientId, intent.entity), keys.createLease(intent.clientId, intent.entity)];
  const argsOf = (intent: SendIntent): (string | number)[] =>
    intent.kind === 'order'
      ? [
          'order',
          intent.fence,
          intent.epoch,
          intent.revision,
          intent.contentHash,
          JSON.stringify({ step: 'send', revision: intent.revision } satisfies TrailEntry),
          intent.requestedAt,
        ]
      : ['create', intent.fence, intent.epoch, 0, '', '', 0];

  return {
    async write(intents) {
      const answers = (await scripts.run(
        'intent',
        [keys.epoch, ...intents.flatMap(keysOf)],
        [randomUUID(), timing.settleMs, timing.leaseMs, ...intents.flatMap(argsOf)],
      )) as IntentAnswer[];
      if (await replicas.haveAll()) return answers;
      return answers.map((answer) => (answer === 'go' ? 'quiet' : answer));
    },
  };
}
