/** The product as one command opens it. */
import { type Clock, systemClock, within } from '../clock.ts';
import { loadConfig, type Needs } from '../config.ts';
import { createLogger } from '../logger.ts';
import { openProduct, type Product } from '../product.ts';
import { CliProblem, type Io } from './io.ts';

/** A person waits for the answer: after this time the command says that Redis does not answer. */
const REDIS_PATIENCE_MS = 5_000;

/** Commands print what happened themselves. A log would only disturb their output. */
export const silent = () => createLogger({ level: 'silent' });

/**
 * Run `work` with the product of the environment, then close it. Throws ConfigProblem, CliProblem.
 *
 * Open circuits stop nothing, so that the person gets an answer.
 */
export async function withProduct<T>(
  io: Io,
  needs: Needs,
  work: (product: Product) => Promise<T>,
  { clock = systemClock, onRequest }: { clock?: Clock; onRequest?: () => void } = {},
): Promise<T> {
  const product = openProduct(loadConfig(io.env, needs), {
    ...{ clock, logger: silent() },
    service: { bypassCircuits: true, ...(onRequest && { onRequest }) },
  });
  try {
    if ((await within(REDIS_PATIENCE_MS, product.store.redis.ping(), undefined)) === undefined) {
      throw new CliProblem(['redis.unavailable: the Redis of REDIS_URL does not answer; is it running?']);
    }
    return await work(product);
  } finally {
    await product.close();
  }
}
