/**
 * The package's entry: how a Node back end adds jobs.
 *
 * Fails fast. Where Redis is away a call rejects within WAIT_FOR_REDIS_MS and its job is not added
 * later behind the caller's back; a call cut off in the middle may have been written, and calling again
 * is always safe.
 */
import { createHash } from 'node:crypto';
import { Queue } from 'bullmq';
import { Cluster, type ClusterNode, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import {
  INVOICE_TRANSFER,
  type InvoiceTransferInput,
  STATUS_CHECK,
  type StatusCheckInput,
} from './contract/jobs.ts';
import {
  describeProblems,
  type Parsed,
  type PayloadProblem,
  parseInvoiceTransferJob,
  parseStatusCheckJob,
} from './contract/parse.ts';
import { contentHash } from './domain/content.ts';
import { storeRefusal } from './errors.ts';
import { type Added, addJob } from './queue/add-job.ts';
import { createOutstanding } from './queue/outstanding.ts';
import { tlsBehindSentinels } from './store/connection.ts';
import { createKeys } from './store/keys.ts';
import { createReplicas } from './store/replicas.ts';

export { ERROR_CATALOGUE, type ErrorCode, errorRemedy, errorText, isErrorCode } from './contract/errors.ts';
export {
  INVOICE_TRANSFER,
  type InvoiceTransferInput,
  STATUS_CHECK,
  type StatusCheckInput,
} from './contract/jobs.ts';
export type { PayloadProblem } from './contract/parse.ts';
export {
  type EventType,
  eventType,
  type Failure,
  failure,
  type OrderDifference,
  type OrderEvent,
  orderEventBodies,
  type StatusResult,
  statusResult,
  type TransferResult,
  transferResult,
} from './contract/results.ts';
export type { Added } from './queue/add-job.ts';

/** A reconnect under way may take this long; then the call rejects. */
const WAIT_FOR_REDIS_MS = 1_500;
/** A Redis that is connected and does not answer. */
const COMMAND_TIMEOUT_MS = 5_000;

const FAIL_FAST = {
  enableOfflineQueue: false,
  // A command cut off by a lost connection is the caller's to repeat, not the client's.
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 1,
  connectTimeout: WAIT_FOR_REDIS_MS,
  commandTimeout: COMMAND_TIMEOUT_MS,
  retryStrategy: (times: number) => Math.min(times * 100, 1_000),
} as const;

export type ProducerConnection =
  | string
  | RedisOptions
  /** A Redis Cluster by some of its nodes; the prefix must hold a hash tag. */
  | { cluster: ClusterNode[]; options?: ClusterOptions };

export interface Producer {
  /** Throws InvalidPayload before Redis is touched, NotReplicated, and whatever Redis says. */
  sendInvoice(input: InvoiceTransferInput): Promise<Added>;
  checkStatus(input: StatusCheckInput): Promise<Added>;
  close(): Promise<void>;
}

/** The worker would refuse this payload. The message holds paths and rules, never values. */
export class InvalidPayload extends Error {
  readonly code = 'payload.invalid';
  readonly problems: PayloadProblem[];

  constructor(problems: PayloadProblem[]) {
    super(describeProblems(problems));
    this.name = 'InvalidPayload';
    this.problems = problems;
  }
}

/**
 * The job was added, and no replica of Redis has it yet: were the primary lost now, so would be the job. Call
 * again; the job that is there is found by what it says.
 */
export class NotReplicated extends Error {
  readonly code = 'store.not_replicated';
  readonly jobId: string;

  constructor(jobId: string) {
    super('the job was added, but no replica of Redis has it, so a failover may lose it; call again');
    this.name = 'NotReplicated';
    this.jobId = jobId;
  }
}

function connect(connection: ProducerConnection): Redis | Cluster {
  if (typeof connection === 'string') return new Redis(connection, FAIL_FAST);
  if (!('cluster' in connection)) return new Redis({ ...encrypted(connection), ...FAIL_FAST });
  const { enableOfflineQueue, retryStrategy, ...perNode } = FAIL_FAST;
  return new Cluster(connection.cluster, {
    ...connection.options,
    enableOfflineQueue,
    clusterRetryStrategy: retryStrategy,
    redisOptions: {
      // The node that was named by rediss:// names others by host and port alone.
      ...(connection.cluster.some(wantsTls) && { tls: {} }),
      ...connection.options?.redisOptions,
      ...perNode,
    },
  });
}

const wantsTls = (node: ClusterNode): boolean => typeof node === 'string' && node.startsWith('rediss://');

/** Where TLS is asked for, no connection goes without it: behind Sentinels ioredis would. */
function encrypted(options: RedisOptions): RedisOptions {
  if (options.tls === undefined || !options.sentinels) return options;
  return {
    ...options,
    ...tlsBehindSentinels(options.tls),
    ...(options.sentinelTLS && { sentinelTLS: options.sentinelTLS }),
  };
}

/** Resolves once commands can be sent; rejects when that takes too long. */
function ready(client: Redis | Cluster): Promise<void> {
  if (client.status === 'ready') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      client.removeListener('ready', onReady);
      client.removeListener('end', onEnd);
    };
    const onReady = () => {
      stop();
      resolve();
    };
    const onEnd = () => {
      stop();
      reject(new Error('the producer is closed'));
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error('Redis is away; the job was not added'));
    }, WAIT_FOR_REDIS_MS);
    client.once('ready', onReady);
    client.once('end', onEnd);
    if (client.status === 'end') onEnd();
  });
}

function checked<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new InvalidPayload(parsed.problems);
  return parsed.data;
}

/** A job id of what the click is about: equal clicks share it, and it tells nothing of them. */
const deduplicationId = (...parts: (string | number)[]) =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/**
 * Connect and return the two calls.
 *
 * A double click (same shop, invoice, revision and content) is one job while the first is under way;
 * after its end a new call adds a new job, which the worker answers from its record. Jobs of a shop
 * with many outstanding ones stand behind those of other shops.
 *
 * @param options.prefix QUEUE_PREFIX of the workers
 * @param options.onError connection trouble between calls; calls reject by themselves
 */
export function createProducer(options: {
  connection: ProducerConnection;
  prefix?: string;
  onError?: (error: Error) => void;
}): Producer {
  const prefix = options.prefix ?? '{sharefox24seven}';
  const onError = options.onError ?? (() => undefined);
  const client = connect(options.connection);
  client.on('error', onError);

  const keys = createKeys(prefix);
  const replicas = createReplicas({
    redis: client,
    keys,
    areExpected: typeof options.connection === 'object' && 'sentinels' in options.connection,
    monotonic: () => performance.now(),
  });

  // All callers share one wait: each with listeners of its own would make Node warn of a leak.
  let waiting: Promise<void> | undefined;
  function whenReady(): Promise<void> {
    waiting ??= ready(client).finally(() => {
      waiting = undefined;
    });
    return waiting;
  }

  // BullMQ gives a queue up for good when its first contact fails: made once Redis is there.
  const queues = new Map<string, Queue>();
  async function queueOf(name: string): Promise<Queue> {
    const known = queues.get(name);
    if (known !== undefined) return known;
    const queue = new Queue(name, { prefix, connection: client, skipWaitingForReady: true });
    queue.on('error', onError);
    queues.set(name, queue);
    try {
      await queue.waitUntilReady();
    } catch (error) {
      queues.delete(name);
      throw error;
    }
    return queue;
  }

  /** Where our login may not ask, nothing is known of replicas. */
  async function isCopied(): Promise<boolean> {
    try {
      return await replicas.haveAll();
    } catch (error) {
      const refused = storeRefusal(error);
      if (refused === undefined) throw error;
      onError(refused);
      return true;
    }
  }

  async function add(queueName: string, shopId: string, data: object, deduplication: string): Promise<Added> {
    await whenReady();
    const queue = await queueOf(queueName);
    const counts = createOutstanding({ redis: client, keys }, queueName);
    const outstanding = { ...counts, lower: (shop: string) => counts.lower(shop).catch(onError) };
    const added = await addJob(
      queue,
      outstanding,
      { shopId, data },
      { deduplication: { id: deduplication } },
    );
    if (!(await isCopied())) throw new NotReplicated(added.jobId);
    return added;
  }

  return {
    async sendInvoice(input) {
      const job = checked(parseInvoiceTransferJob(input));
      const { id, revision } = job.invoice;
      const click = deduplicationId(job.shopId, id, revision, contentHash(job));
      return add(INVOICE_TRANSFER, job.shopId, input, click);
    },
    async checkStatus(input) {
      const job = checked(parseStatusCheckJob(input));
      const click = deduplicationId(job.shopId, job.invoiceId, job.externalOrderId ?? '');
      return add(STATUS_CHECK, job.shopId, input, click);
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      client.disconnect();
    },
  };
}
