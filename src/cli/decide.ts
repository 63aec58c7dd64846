/** `invoice resolve` and `invoice resend`: carry out a person's decision, under a claim as a worker does. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Config } from '../config.ts';
import { createProducer, type ProducerConnection } from '../producer.ts';
import { optionsOf, type RedisConfig } from '../store/connection.ts';
import type { Decision } from '../transfer/context.ts';
import type { RecordKey } from '../transfer/ports/records.ts';
import { createDecisions, DecisionRefused, type Decisions } from '../transfer/resolve-invoice.ts';
import { withProduct } from './context.ts';
import { CliProblem, EXIT, type Io } from './io.ts';

export interface ResolveOptions {
  order?: number;
  acceptDifference?: boolean;
  notCreated?: boolean;
  reason: string;
}

export async function resolveInvoice(io: Io, key: RecordKey, options: ResolveOptions): Promise<number> {
  const { order, acceptDifference = false, notCreated = false, reason } = options;
  if ((order === undefined) !== notCreated) {
    throw new CliProblem(['say one of --order N and --not-created'], EXIT.wrongUse);
  }
  if (acceptDifference && notCreated) {
    throw new CliProblem(['--accept-difference goes with --order N'], EXIT.wrongUse);
  }
  return asPerson(io, reason, async (people, decision, { redis, prefix }) => {
    if (order !== undefined) {
      const { orderId, totals } = await people.orderIs(key, order, { ...decision, acceptDifference });
      io.out(`invoice ${key.invoiceId} is transferred as order ${orderId}, gross ${totals.posted}`);
      return EXIT.done;
    }
    const job = await people.notCreated(key, decision);
    const producer = createProducer({ connection: producerConnection(redis), prefix });
    try {
      await producer.sendInvoice(job);
    } finally {
      await producer.close();
    }
    io.out(`invoice ${key.invoiceId} is sent again`);
    return EXIT.done;
  });
}

export async function resendInvoice(
  io: Io,
  key: RecordKey,
  options: { orderDeleted?: boolean; reason: string },
): Promise<number> {
  if (options.orderDeleted !== true) {
    throw new CliProblem(
      ['an invoice is sent again only with --order-deleted: its order must be gone first'],
      EXIT.wrongUse,
    );
  }
  return asPerson(io, options.reason, async (people, decision) => {
    await people.orderDeleted(key, decision);
    io.out(`invoice ${key.invoiceId} may be sent again: click "Send invoice" in Sharefox`);
    return EXIT.done;
  });
}

/** Throws CliProblem if the decision is refused. */
function asPerson(
  io: Io,
  reason: string,
  work: (people: Decisions, decision: Decision, config: Config) => Promise<number>,
): Promise<number> {
  return withProduct(io, { tfso: true }, async ({ transferDeps, asPerson: run, config }) => {
    const people = createDecisions(transferDeps, run);
    try {
      const decision = { requestId: `person-${randomUUID()}`, by: userInfo().username, reason };
      return await work(people, decision, config);
    } catch (error) {
      if (error instanceof DecisionRefused) throw new CliProblem([error.message]);
      throw error;
    }
  });
}

export function producerConnection(redis: RedisConfig): ProducerConnection {
  switch (redis.kind) {
    case 'single':
      return redis.url;
    case 'cluster':
      return { cluster: redis.nodes, options: { redisOptions: optionsOf(redis) } };
    case 'sentinel':
      return { ...optionsOf(redis), sentinels: redis.sentinels, name: redis.masterName };
  }
}
