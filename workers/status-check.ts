import type { Processor } from 'bullmq';
import { describeProblems, parseStatusCheckJob } from '../src/contract/parse.ts';
import type { StatusResult } from '../src/contract/results.ts';
import { Terminal } from '../src/errors.ts';
import type { Logger } from '../src/logger.ts';
import type { CheckStatus } from '../src/transfer/check-status.ts';
import { runJob, type Translation } from './translate.ts';

/** Parse, call, translate; nothing else. */
export function createStatusCheckProcessor(deps: {
  checkStatus: CheckStatus;
  logger: Logger;
  translation: Omit<Translation, 'mayEnd'>;
  onResult(result: StatusResult): void;
}): Processor<unknown, StatusResult> {
  // What a check is about has no end of its own.
  const translation: Translation = { ...deps.translation, mayEnd: async () => true };
  return async (job, token, signal) => {
    const parsed = parseStatusCheckJob(job.data);
    if (!parsed.ok) {
      const refused = new Terminal('payload.invalid', describeProblems(parsed.problems));
      return runJob(job, token, deps.logger.child({ jobId: job.id }), translation, () =>
        Promise.reject(refused),
      );
    }
    const { shopId, invoiceId, requestId } = parsed.data;
    const log = deps.logger.child({ shopId, invoiceId, requestId, jobId: job.id });
    const run = {
      jobId: job.id,
      signal: signal ?? new AbortController().signal,
      log,
    };
    return runJob(job, token, log, translation, async () => {
      const result = await deps.checkStatus(parsed.data, run);
      deps.onResult(result);
      return result;
    });
  };
}
