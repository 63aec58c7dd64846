/** `invoice resolve` and `invoice resend`: carry out a person's decision, under a claim as a worker does. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { createProducer, type ProducerConnection } from '../producer.ts';
import { optionsOf, type RedisConfig } from '../store/connection.ts';
import type { Decision } from '../transfer/context.ts';
import type { RecordKey } from '../transfer/ports/records.ts';
import { createDecisions, DecisionRefused, type Decisions } from '../transfer/resolve-invoice.ts';
import { CliProblem, EXIT, type Io, type Opened, withStore } from './io.ts';
import { transferDeps, withService } from './service.ts';

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
  return asPerson(io, reason, async (people, decision, opened) => {
    if (order !== undefined) {
      const { orderId, totals } = await people.orderIs(key, order, { ...decision, acceptDifference });
      io.out(`invoice ${key.invoiceId} is transferred as order ${orderId}, gross ${totals.posted}`);
      return EXIT.done;
    }
    const job = await people.notCreated(key, decision);
    const producer = createProducer({
      connection: producerConnection(opened.config.redis),
      prefix: opened.config.prefix,
    });
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
  work: (people: Decisions, decision: Decision, opened: Opened) => Promise<number>,
): Promise<number> {
  return withStore(io, { tfso: true }, (opened) =>
    withService(opened, async ({ booksOf }) => {
      const { deps, run } = transferDeps(opened, booksOf);
      const people = createDecisions(deps, run);
      try {
        const decision = { requestId: `person-${randomUUID()}`, by: userInfo().username, reason };
        return await work(people, decision, opened);
      } catch (error) {
        if (error instanceof DecisionRefused) throw new CliProblem([error.message]);
        throw error;
      }
    }),
  );
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
