import { z } from 'zod';
import { type BehaviourChange, behaviourSchema } from './behaviour.ts';
import { createControl, type SandboxControl } from './control.ts';
import { isControlName } from './control-client.ts';
import { defaultSeed, defaultUser } from './demo-seed.ts';
import { createExchange } from './exchange.ts';
import { createFaults } from './faults.ts';
import { type ControlHandler, listen } from './http.ts';
import { createOperations } from './operations.ts';
import { createQuota } from './quota.ts';
import { createRequestLog } from './request-log.ts';
import { addCompany, type SandboxSeed } from './seed.ts';
import type { World } from './state.ts';

export type SandboxOptions = BehaviourChange & {
  /** Default 0: any free one. */
  port?: number | undefined;
  /** Default 127.0.0.1. */
  host?: string | undefined;
  /** Default: two companies with a few customers each. */
  seed?: SandboxSeed | undefined;
  clock?: (() => number) | undefined;
  /** Seeds the generator behind faults with a probability. Default 1. */
  randomSeed?: number | undefined;
};

export type Sandbox = { url: string; port: number; control: SandboxControl; stop(): Promise<void> };

/**
 * Start a 24SevenOffice that keeps its books in memory: real SOAP at the real paths, for development, demo
 * and tests. Its `url` replaces `https://api.24sevenoffice.com`. Rejects where the port is taken or the
 * seed contradicts itself.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {
    port = 0,
    host = '127.0.0.1',
    seed = defaultSeed,
    clock = Date.now,
    randomSeed = 1,
    ...behaviour
  } = options;
  const world: World = {
    behaviour: behaviourSchema.parse(behaviour),
    clock,
    user: { ...defaultUser, ...seed.user },
    companies: new Map(),
    sessions: new Map(),
    violations: [],
  };
  for (const company of seed.companies) addCompany(world, company);
  const quota = createQuota({ behaviour: () => world.behaviour, clock });
  const faults = createFaults(randomSeed);
  const log = createRequestLog();
  const control = createControl({ world, faults, log, quota });
  const server = await listen({
    port,
    host,
    exchange: createExchange({ world, quota, faults, log, operations: createOperations({ world }) }),
    control: serveControl(control),
  });
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`,
    port: server.port,
    control,
    stop: () => server.close(),
  };
}

function serveControl(control: SandboxControl): ControlHandler {
  return async (name, body) => {
    if (!isControlName(name)) throw new Error(`no control operation ${name}`);
    const parameters = z.array(z.unknown()).parse(body === '' ? [] : JSON.parse(body));
    const operation = control[name] as (...parameters: unknown[]) => Promise<unknown>;
    return operation(...parameters);
  };
}
