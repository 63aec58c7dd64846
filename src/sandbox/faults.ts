import { z } from 'zod';

const ms = z.number().nonnegative();
/** Which member of a save: its position, or all of them (the last one for `missingMember`). */
const member = z.number().int().nonnegative().optional();

/** What goes wrong. With `before` nothing is committed, with `after` everything is, unless said otherwise. */
const faultEffectSchema = z.discriminatedUnion('kind', [
  /** The connection is reset without an answer. */
  z.strictObject({ kind: z.literal('reset') }),
  /** No answer; the connection is cut after `ms`, or when the sandbox stops. */
  z.strictObject({ kind: z.literal('hang'), ms: ms.optional() }),
  /** An HTML error page. */
  z.strictObject({ kind: z.literal('http'), status: z.number().int().min(400).max(599) }),
  /** A complete HTTP answer that holds half of the XML. */
  z.strictObject({ kind: z.literal('truncated') }),
  /** Half of the body, then the connection is cut. */
  z.strictObject({ kind: z.literal('cut') }),
  /** HTTP 200 with no body. */
  z.strictObject({ kind: z.literal('empty') }),
  /** A SOAP fault with this text at the end of the chain. */
  z.strictObject({ kind: z.literal('soapFault'), text: z.string(), status: z.number().int().optional() }),
  /** HTTP 200 where the save's members carry an APIException, beside an id or without one. */
  z.strictObject({
    kind: z.literal('apiException'),
    withId: z.boolean(),
    type: z.string().optional(),
    message: z.string().optional(),
    member,
  }),
  /** HTTP 200 whose answer lacks a member. */
  z.strictObject({ kind: z.literal('missingMember'), member }),
  /** HTTP 200 with an id that does not exist. */
  z.strictObject({ kind: z.literal('phantomId'), member }),
  /** The session is forgotten: before the call, which then is not authenticated, or after it. */
  z.strictObject({ kind: z.literal('sessionLost') }),
  /** The session is switched to another company: before the call, which then runs there, or after it. */
  z.strictObject({ kind: z.literal('wrongIdentity'), toClientId: z.number().int().optional() }),
  /** HTTP 429. */
  z.strictObject({ kind: z.literal('throttled') }),
  /** This and every further request is refused for `ms`, as beyond the quota. */
  z.strictObject({ kind: z.literal('quarantine'), ms }),
  /** `before`: commits after `ms`, even if the caller has left. `after`: commits, then answers after `ms`. */
  z.strictObject({ kind: z.literal('slow'), ms }),
  /** What this call creates stays hidden for `ms`, or until `revealAll`. */
  z.strictObject({ kind: z.literal('hidden'), ms: ms.optional() }),
]);

const faultSpecSchema = z.strictObject({
  /** An operation's name, or `*` for any. */
  operation: z.string(),
  effect: faultEffectSchema,
  /** Default `before`. */
  when: z.enum(['before', 'after']).optional(),
  /** Only calls of a session whose current company is this one. */
  clientId: z.number().int().optional(),
  /** Only requests whose body holds this text. */
  bodyIncludes: z.string().optional(),
  /** How many matching calls pass first. */
  skip: z.number().int().nonnegative().optional(),
  /** How often it strikes. Default: once, or without end where `probability` is given. */
  count: z.number().int().positive().optional(),
  /** Chance per matching call, drawn from the sandbox's seeded generator. */
  probability: z.number().min(0).max(1).optional(),
});

export type FaultEffect = z.output<typeof faultEffectSchema>;
export type FaultSpec = z.output<typeof faultSpecSchema>;
export type FaultMoment = { effect: FaultEffect; when: 'before' | 'after' };

/** mulberry32: small, fast and the same everywhere for the same seed. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type Faults = {
  inject(spec: FaultSpec): string;
  clear(): void;
  reseed(seed: number): void;
  /** The first injected fault that strikes this call. Uses the fault up: ask once for each call. */
  strike(call: { operation: string; clientId: number | undefined; body: string }): FaultMoment | undefined;
};

type Armed = { id: string; spec: FaultSpec; skip: number; left: number };

export function createFaults(seed: number): Faults {
  let random = createRandom(seed);
  let armed: Armed[] = [];
  let lastId = 0;

  function strikes(fault: Armed, call: { operation: string; clientId: number | undefined; body: string }) {
    const { spec } = fault;
    if (spec.operation !== '*' && spec.operation !== call.operation) return false;
    if (spec.clientId !== undefined && spec.clientId !== call.clientId) return false;
    if (spec.bodyIncludes !== undefined && !call.body.includes(spec.bodyIncludes)) return false;
    if (fault.skip > 0) {
      fault.skip -= 1;
      return false;
    }
    return spec.probability === undefined || random() < spec.probability;
  }

  return {
    inject(input) {
      const spec = faultSpecSchema.parse(input);
      lastId += 1;
      const id = `fault-${lastId}`;
      const left = spec.count ?? (spec.probability === undefined ? 1 : Number.POSITIVE_INFINITY);
      armed.push({ id, spec, skip: spec.skip ?? 0, left });
      return id;
    },
    clear() {
      armed = [];
    },
    reseed(next) {
      random = createRandom(next);
    },
    strike(call) {
      const fault = armed.find((candidate) => strikes(candidate, call));
      if (fault === undefined) return undefined;
      fault.left -= 1;
      if (fault.left <= 0) armed = armed.filter((other) => other !== fault);
      return { effect: fault.spec.effect, when: fault.spec.when ?? 'before' };
    },
  };
}
