/**
 * `npm run bench`: what the product costs. Each figure stands beside its aim and beside the same work done by
 * plain code. `npm run bench -- --only requests,overhead` runs some topics. Exits 1 only if the bench fails.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { measureBoard } from './board.ts';
import { measureBursts } from './bursts.ts';
import { measureFairness } from './fairness.ts';
import { measureFollowing } from './follow.ts';
import { measureMemory } from './memory.ts';
import { measureOverhead } from './overhead.ts';
import { measureQuota } from './quota.ts';
import { printReports, type TopicReport } from './report.ts';
import { measureRequests } from './requests.ts';
import { measureStatusChecks } from './status.ts';
import { measureThroughput } from './throughput.ts';
import { measureWindows } from './windows.ts';
import { tuning } from './world.ts';

const TOPICS: Record<string, () => Promise<TopicReport>> = {
  requests: measureRequests,
  overhead: measureOverhead,
  throughput: measureThroughput,
  bursts: measureBursts,
  status: measureStatusChecks,
  quota: measureQuota,
  fairness: measureFairness,
  board: measureBoard,
  follow: measureFollowing,
  memory: measureMemory,
  windows: measureWindows,
};

function chosenTopics(): string[] {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const chosen = values.only?.split(',') ?? Object.keys(TOPICS);
  const unknown = chosen.filter((name) => TOPICS[name] === undefined);
  if (unknown.length > 0) {
    throw new Error(`no topic ${unknown.join(', ')}; there are ${Object.keys(TOPICS).join(', ')}`);
  }
  return chosen;
}

const reports: TopicReport[] = [];
for (const name of chosenTopics()) {
  const started = Date.now();
  process.stderr.write(`${name} …`);
  const report = await TOPICS[name]?.();
  process.stderr.write(` ${Math.round((Date.now() - started) / 1_000)} s\n`);
  if (report !== undefined) reports.push(report);
}
console.log(`settings other than the defaults: ${JSON.stringify(tuning())}`);
printReports(reports);
process.exit(0);
