/** What the harness and its worker processes say to each other. */

export type Order =
  /** Whoever comes to the point first makes the directory `token` and sends itself the signal. */
  | { do: 'arm'; point: string; token: string; signal: 'SIGKILL' | 'SIGSTOP' }
  | { do: 'disarm'; token: string }
  /** The machine's clock is `ms` off from now on. */
  | { do: 'skew'; ms: number };

export type Said =
  | { said: 'working' }
  /** A line of the log with an error code. */
  | { said: 'code'; message: string; code: string }
  | { said: 'bug'; message: string; error: string };
