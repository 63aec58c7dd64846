/** One request and what it meant: the call, its verdict, the quota's news, one log line, one measurement. */
import type { Clock, Logger } from '../transfer/ports.ts';
import { classifyFailure, type OperationFacts, type Verdict } from './faults.ts';
import type { Quota } from './quota.ts';
import type { Soap, SoapRequest } from './soap.ts';
import type { Entity } from './values.ts';

export interface RequestFacts {
  operation: string;
  /** `ok`, the signal of a failure, or `withheld` where nothing was sent because an intent was refused. */
  outcome: string;
  durationMs: number;
  /** How many calls left in this request. */
  members: number;
}

export type OnRequest = (facts: RequestFacts) => void;

export type Performed = { ok: true; result: Entity } | { ok: false; verdict: Verdict };

export interface Exchange {
  /** The caller holds a token. Throws only what `beforeWrite` throws. */
  perform(request: SoapRequest, facts: OperationFacts, members: number): Promise<Performed>;
}

export function createExchange({
  soap,
  quota,
  clock,
  logger,
  onRequest,
}: {
  soap: Soap;
  quota: Quota;
  clock: Clock;
  logger: Logger;
  onRequest?: OnRequest | undefined;
}): Exchange {
  return {
    async perform(request, facts, members) {
      const started = clock.monotonic();
      const note = (outcome: string, more: object = {}) => {
        const measured = { operation: facts.name, outcome, durationMs: clock.monotonic() - started, members };
        onRequest?.(measured);
        logger.debug({ ...measured, ...more }, 'request to 24SevenOffice');
      };

      const answer = await soap.call(request).catch((error: unknown) => {
        note('withheld');
        throw error;
      });
      if (answer.headers !== undefined) await quota.observe(answer.headers);
      if (answer.ok) {
        note('ok');
        return { ok: true, result: answer.result };
      }
      const verdict = classifyFailure(answer, facts, clock);
      const { cause, status, networkCode } = answer;
      note(verdict.signal, { cause, status, networkCode, written: verdict.written });
      if (verdict.quarantineUntilMs !== undefined) await quota.quarantine(verdict.quarantineUntilMs);
      return { ok: false, verdict };
    },
  };
}
