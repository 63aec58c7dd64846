/** The probe against a sandbox, in memory and in a time of its own: a second between requests costs nothing. */

import type { Probe, ProbeState } from '../../../src/onboarding/probe/inquiry.ts';
import { behaviourOf } from '../../../src/onboarding/probe/report.ts';
import { paced, runPlan } from '../../../src/onboarding/probe/run.ts';
import { defaultSeed } from '../../../src/sandbox/demo-seed.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/sandbox.ts';
import { createTwentyFourSeven } from '../../../src/twentyfourseven/twentyfourseven.ts';
import type { RawExchange } from '../../../src/twentyfourseven/wire/recording.ts';
import {
  aClock,
  credentials,
  fjord,
  memoryCircuits,
  memoryIntents,
  memoryQuota,
  memorySessions,
  silentLogger,
} from '../../twentyfourseven/support.ts';

/** An order as somebody left it, with a mark and a product: what a probe that may not write looks at. */
const [first, ...rest] = defaultSeed.companies;
export const SEED = {
  ...defaultSeed,
  companies: [
    {
      ...(first as NonNullable<typeof first>),
      customers: [
        {
          name: 'Bygg AS',
          organizationNumber: '987 654 321',
          workEmail: 'Post@bygg.example.no',
          invoiceEmail: 'faktura@bygg.example.no',
          fields: { PhoneNumbers: { Work: { Value: '22334455' } } },
        },
      ],
      orders: [
        {
          customerId: 1,
          externalStatus: 77,
          reference: 'ours',
          rows: [{ productId: 1, name: 'Frakt', price: '490.00' }],
        },
      ],
    },
    ...rest,
  ],
};

export interface Probed {
  behaviour: Record<string, unknown>;
  stopped: string | undefined;
  state: ProbeState;
  exchanges: RawExchange[];
}

export interface ProbeWorld {
  sandbox: Sandbox;
  state: ProbeState;
  run(canWrite: boolean): Promise<Probed>;
  stop(): Promise<void>;
}

export async function startProbe(options: SandboxOptions = {}): Promise<ProbeWorld> {
  // The Date of an answer is the machine's: both must be near.
  const clock = aClock(Date.now());
  const sandbox = await startSandbox({ clock: clock.now, seed: SEED, requestsPerSecond: 1e6, ...options });
  const state: ProbeState = {
    ...{ version: 1, shopId: fjord.shopId, clientId: fjord.clientId, requests: 0 },
    ...{ findings: [], made: [], sent: {}, facts: {} },
  };
  return {
    sandbox,
    state,
    async run(canWrite) {
      let others = 0;
      const exchanges: RawExchange[] = [];
      const service = createTwentyFourSeven({
        baseUrl: sandbox.url,
        credentials: async () => credentials,
        timing: { timeoutMs: 2_000, sendWindowMs: 500, settleMs: 90_000 },
        maxBatch: 1,
        sessionStore: memorySessions(),
        quotaStore: memoryQuota(),
        circuitStore: memoryCircuits(clock),
        intents: memoryIntents(),
        clock,
        logger: silentLogger,
        onRequest: () => {
          others += 1;
        },
      });
      const raw = service.rawOf(fjord, (exchange) => exchanges.push(exchange));
      const before = state.requests;
      const wire = { ...raw, sent: () => raw.sent() + others };
      const answers = new Map<string, Promise<unknown>>();
      const probe: Probe = {
        ...{ clock, state, canWrite, identityId: fjord.identityId },
        wire: paced(wire, clock, before, 1_000),
        world: { settleMs: 90_000, requestsPerHour: 7_200 },
        async keep() {
          state.requests = before + wire.sent();
        },
        once<T>(name: string, work: () => Promise<T>): Promise<T> {
          const known = answers.get(name) ?? work();
          answers.set(name, known);
          return known as Promise<T>;
        },
        onSessionsMove: async () => undefined,
      };
      const stopped = await runPlan(probe, () => undefined);
      raw.close();
      await service.close();
      return { behaviour: behaviourOf(state.findings), stopped, state, exchanges };
    },
    stop: () => sandbox.stop(),
  };
}
