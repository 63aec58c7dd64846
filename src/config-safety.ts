/** Settings that are well formed and would give a secret away: refused, or allowed with a warning. */
import { isIP } from 'node:net';
import type { VariableValues } from './config-variables.ts';

/** Of a login that anybody on the network may try: 12 characters are out of reach of guessing, however simple. */
const SHORTEST_PASSWORD = 12;
/** The sandbox's name in docker-compose.yml: its network is the host's own. */
const COMPOSE_SANDBOX = 'sandbox';

/** Whether what is said to this host, or listens there, stays on this machine. */
function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (isIP(bare) === 4) return bare.startsWith('127.');
  return bare === '::1' || bare === 'localhost' || bare.endsWith('.localhost');
}

function isPlainAbroad({ TFSO_BASE_URL }: VariableValues): boolean {
  if (TFSO_BASE_URL === undefined) return false;
  const { protocol, hostname } = new URL(TFSO_BASE_URL);
  return protocol === 'http:' && !isLoopback(hostname) && hostname !== COMPOSE_SANDBOX;
}

/** Variables whose password is shorter than it should be. */
const shortPasswords = (values: VariableValues): string[] =>
  (['OPS_PASSWORD', 'OPS_VIEWER_PASSWORD'] as const).filter(
    (each) => values[each] !== undefined && values[each].length < SHORTEST_PASSWORD,
  );

const SHORT = `is shorter than ${SHORTEST_PASSWORD} characters`;

interface Findings {
  /** Each stops the start. */
  problems: string[];
  /** Each is logged at the start. */
  warnings: string[];
}

/** Of the login to 24SevenOffice. Each line begins with the variable's name. */
export function judgeService(values: VariableValues): Findings {
  if (!isPlainAbroad(values)) return { problems: [], warnings: [] };
  const said = 'TFSO_BASE_URL begins with http://, so the password would leave this machine in clear text';
  return values.TFSO_ALLOW_PLAIN_HTTP
    ? { problems: [], warnings: [`${said}; TFSO_ALLOW_PLAIN_HTTP=1 allows it`] }
    : { problems: [`${said}; use https://, or TFSO_ALLOW_PLAIN_HTTP=1 for a test`], warnings: [] };
}

/** Of the logins to the ops server. A short password is refused only where others can reach the port. */
export function judgeOps(values: VariableValues): Findings {
  const problems: string[] = [];
  const warnings: string[] = [];
  const isOpen = !isLoopback(values.OPS_HOST ?? '');
  for (const each of shortPasswords(values)) {
    if (isOpen) problems.push(`${each} ${SHORT}, and OPS_HOST lets other machines try it`);
    else warnings.push(`${each} ${SHORT}; anybody on this machine can guess it`);
  }
  if (values.OPS_VIEWER_USERNAME !== undefined) {
    if (values.OPS_VIEWER_USERNAME === values.OPS_USERNAME)
      problems.push('OPS_VIEWER_USERNAME is the same as OPS_USERNAME; the log could not tell them apart');
    if (values.OPS_VIEWER_PASSWORD !== undefined && values.OPS_VIEWER_PASSWORD === values.OPS_PASSWORD)
      problems.push('OPS_VIEWER_PASSWORD is the same as OPS_PASSWORD; the viewer could act');
  }
  return { problems, warnings };
}
