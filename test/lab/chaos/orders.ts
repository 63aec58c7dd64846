/** Messages between the harness and its worker processes. */

export type Order =
  /** The first process at the point makes the directory `token` and sends itself the signal. */
  | { do: 'arm'; point: string; token: string; signal: 'SIGKILL' | 'SIGSTOP' }
  | { do: 'disarm'; token: string }
  /** From now on the machine's clock is `ms` off. */
  | { do: 'skew'; ms: number };

export type Said =
  | { said: 'working' }
  /** A line of the log with an error code. */
  | { said: 'code'; message: string; code: string }
  | { said: 'bug'; message: string; error: string };
