/** What a process's main thread spends its time on: V8's CPU profile, summed by part. */
import { type Profiler, Session } from 'node:inspector/promises';
import type { Row } from './report.ts';

/** Milliseconds of each part; idle time is none. */
export type TimeByPart = Record<Part, number>;
type Part = 'soap' | 'redis' | 'other';

const PARTS: [RegExp, Part][] = [
  [/\/node_modules\/(soap|sax)\//, 'soap'],
  [/\/twentyfourseven\/(wire\/|(operations|customers|orders|products|raw)\.ts)/, 'soap'],
  [/\/node_modules\/(ioredis|bullmq)\//, 'redis'],
  [/\/(src|workers)\//, 'other'],
];
const SAMPLE_EVERY_US = 200;

let session: Session | undefined;

export async function startProfile(): Promise<void> {
  session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US });
  await session.post('Profiler.start');
}

export async function endProfile(): Promise<TimeByPart> {
  if (session === undefined) throw new Error('no profile was started');
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return timeByPart(profile);
}

/** A call into Node, V8 or another package counts for the part that makes it. So does garbage collection. */
function timeByPart({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): TimeByPart {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parts = new Map<number, Part>();
  const assign = (id: number, caller: Part) => {
    const { callFrame, children = [] } = byId.get(id) ?? {};
    const part = PARTS.find(([pattern]) => pattern.test(callFrame?.url ?? ''))?.[1] ?? caller;
    parts.set(id, part);
    for (const child of children) assign(child, part);
  };
  if (nodes[0] !== undefined) assign(nodes[0].id, 'other');

  const times: TimeByPart = { soap: 0, redis: 0, other: 0 };
  let part: Part = 'other';
  for (const [index, id] of samples.entries()) {
    const name = byId.get(id)?.callFrame.functionName;
    if (name === '(idle)') continue;
    if (name !== '(garbage collector)') part = parts.get(id) ?? 'other';
    times[part] += (timeDeltas[index + 1] ?? 0) / 1_000;
  }
  return times;
}

export function soapShare({ soap, redis, other }: TimeByPart): Row {
  const percent = (ms: number) => (100 * ms) / (soap + redis + other);
  return {
    what: 'of its main thread: SOAP built, parsed and read',
    measured: percent(soap),
    unit: '%',
    beside: { what: '% in BullMQ and the Redis client', measured: percent(redis) },
  };
}
