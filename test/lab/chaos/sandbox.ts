/** The sandbox in a process of its own. */
import process from 'node:process';
import { type SandboxOptions, startSandbox } from '../../../src/sandbox/sandbox.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as SandboxOptions;
const { url } = await startSandbox(options);
process.on('disconnect', () => process.exit(0));
process.send?.({ url });
