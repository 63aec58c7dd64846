import { runCli } from '../../src/cli/program.ts';

export interface Ran {
  exitCode: number;
  out: string[];
  err: string[];
}

/** Run one command in this process, as the user's shell would. */
export async function run(
  args: string[],
  env: NodeJS.ProcessEnv,
  interrupted: () => Promise<void> = () => new Promise(() => undefined),
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await runCli(args, {
    env,
    out: (text) => out.push(...text.split('\n')),
    err: (text) => err.push(...text.split('\n')),
    interrupted,
  });
  return { exitCode, out, err };
}
