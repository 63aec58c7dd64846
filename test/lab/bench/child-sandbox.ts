/** The sandbox in a process of its own; BENCH_BEHAVIOUR is its behaviour as JSON. */
import process from 'node:process';
import { startSandbox } from '../../../src/sandbox/sandbox.ts';
import { answerUsage, sayReady } from './child.ts';

answerUsage();
const behaviour = JSON.parse(process.env.BENCH_BEHAVIOUR ?? '{}') as object;
const sandbox = await startSandbox({ seed: { companies: [] }, ...behaviour });
process.once('SIGTERM', () => process.exit(0));
sayReady(sandbox.url);
