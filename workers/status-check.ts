import { type Processor, UnrecoverableError } from 'bullmq';
import { describeProblems, parseStatusCheckJob } from '../src/contract/parse.ts';
import type { StatusResult } from '../src/contract/results.ts';
import type { CheckStatus } from '../src/transfer/check-status.ts';
import type { Logger } from '../src/transfer/ports.ts';
import { type Translation, translated } from './translate.ts';

/** Parse, call, translate; nothing else. */
export function createStatusCheckProcessor(deps: {
  checkStatus: CheckStatus;
  logger: Logger;
  translation: Translation;
  onResult(result: StatusResult): void;
}): Processor<unknown, StatusResult> {
  return async (job, token, signal) => {
    const parsed = parseStatusCheckJob(job.data);
    if (!parsed.ok) {
      deps.translation.onFailure('rejected', 'payload.invalid');
      throw new UnrecoverableError(`payload.invalid: ${describeProblems(parsed.problems)}`);
    }
    const { shopId, invoiceId, requestId } = parsed.data;
    const log = deps.logger.child({ shopId, invoiceId, requestId, jobId: job.id });
    const run = {
      jobId: job.id,
      signal: signal ?? new AbortController().signal,
      log,
      progress: () => undefined,
    };
    return translated(job, token, log, deps.translation, async () => {
      const result = await deps.checkStatus(parsed.data, run);
      deps.onResult(result);
      return result;
    });
  };
}
