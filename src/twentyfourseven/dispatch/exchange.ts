/** One request and what it meant: the call, its verdict, the quota's news, one log line, one measurement. */
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { Pass } from '../circuits/circuits.ts';
import { tellPass } from '../circuits/signs.ts';
import { classifyFailure, type OperationFacts, type Verdict } from '../wire/faults.ts';
import { createMask } from '../wire/mask.ts';
import type { CallFailure, Soap, SoapRequest } from '../wire/soap.ts';
import type { Entity } from '../wire/values.ts';
import type { Quota } from './quota.ts';

export interface RequestFacts {
  operation: string;
  /** `ok`, the signal of a failure, or `withheld` where nothing was sent because an intent was refused. */
  outcome: string;
  durationMs: number;
  /** How many calls left in this request. */
  members: number;
}

export type OnRequest = (facts: RequestFacts) => void;

export type Failed = { ok: false; verdict: Verdict; cause: CallFailure['cause'] };
export type Performed = { ok: true; result: Entity } | Failed;

export interface Exchange {
  /**
   * The caller holds a token and a pass; `items` are the calls that leave in this request. The pass is told of a failure, and of an answer that there is one;
   * whether the answer is what was asked for, the caller must say. Throws only what `beforeWrite` throws.
   */
  perform(
    request: SoapRequest,
    facts: OperationFacts,
    items: readonly unknown[],
    pass: Pass,
  ): Promise<Performed>;
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
  let inFlight = 0;
  return {
    async perform(request, facts, items, pass) {
      const members = items.length;
      const started = clock.monotonic();
      const note = (outcome: string, more: object = {}) => {
        const measured = { operation: facts.name, outcome, durationMs: clock.monotonic() - started, members };
        onRequest?.(measured);
        logger.debug({ ...measured, ...more }, 'request to 24SevenOffice');
      };

      inFlight += 1;
      const answer = await soap
        .call(request)
        .catch(async (error: unknown) => {
          note('withheld');
          await pass.undecided(false);
          throw error;
        })
        .finally(() => {
          inFlight -= 1;
        });
      if (answer.ok) {
        note('ok');
        // Best effort: the answer does not wait for it.
        void quota.observe(answer.headers, inFlight);
        await pass.answered();
        return { ok: true, result: answer.result };
      }
      const verdict = classifyFailure(answer, facts, clock, createMask([items, request.sessionId]));
      const { cause, status, networkCode, headers } = answer;
      // A refusal names its own end; "none left in this window" beside it would make it last an hour.
      if (headers !== undefined && verdict.signal !== 'quota') await quota.observe(headers, inFlight);
      note(verdict.signal, { cause, status, networkCode, written: verdict.written });
      if (verdict.quarantineUntilMs !== undefined) await quota.quarantine(verdict.quarantineUntilMs);
      const instead = await tellPass(pass, answer, verdict);
      // What may have been written stays unknown, whatever stands open.
      return {
        ok: false,
        cause,
        verdict: verdict.written === 'no' && instead ? { ...verdict, failure: instead } : verdict,
      };
    },
  };
}
