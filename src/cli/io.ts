/** A command's environment and output, and how it ends. */
import { readFile } from 'node:fs/promises';

/** Exit codes of the contract; 78 is the configuration's. */
export const EXIT = { done: 0, problemFound: 1, wrongUse: 2 } as const;

export interface Io {
  /** Default: the process's own environment. */
  env?: NodeJS.ProcessEnv;
  out(line: string): void;
  err(line: string): void;
  /** Resolves when the user ends the command. */
  interrupted(): Promise<void>;
}

/** Ends the command. Its lines go to stderr, one for each problem. */
export class CliProblem extends Error {
  readonly lines: string[];
  readonly exitCode: number;

  constructor(lines: string[], exitCode: number = EXIT.problemFound) {
    super(lines.join('\n'));
    this.name = 'CliProblem';
    this.lines = lines;
    this.exitCode = exitCode;
  }
}

/** Throws CliProblem: exit code 2 if the file cannot be read, `notJson` if it holds no JSON. */
export async function readJson(file: string, notJson: number = EXIT.problemFound): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CliProblem([`${file}: cannot be read (${error.code ?? 'unknown error'})`], EXIT.wrongUse);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new CliProblem([`${file}: is not JSON`], notJson);
  }
}
