/**
 * BullMQ's queue and worker, for jobs that any producer may have written.
 *
 * BullMQ throws if a job's data is not JSON: then a worker never takes the job, and a list that holds it cannot
 * be read at all. Here such a job gets the data `null`, which is refused like any other wrong payload.
 */
import { Job, type JobProgress, Queue, Worker } from 'bullmq';

class ReadableJob<Data, Result, Name extends string, Progress extends JobProgress> extends Job<
  Data,
  Result,
  Name,
  Progress
> {
  static override fromJSON<D, R, N extends string>(
    ...[queue, json, jobId]: Parameters<typeof Job.fromJSON>
  ): Job<D, R, N> {
    try {
      return Job.fromJSON<D, R, N>(queue, json, jobId);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return Job.fromJSON<D, R, N>(queue, { ...json, data: 'null' }, jobId);
    }
  }
}

export class JobQueue extends Queue {
  protected override get Job(): typeof Job {
    return ReadableJob;
  }
}

export class QueueWorker<Data, Result> extends Worker<Data, Result> {
  protected override get Job(): typeof Job {
    return ReadableJob;
  }
}
