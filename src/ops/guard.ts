/** Logins, requests from other sites, and page headers. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();

/** Compares in constant time, so that the duration reveals neither the expected values nor their lengths. */
export function createLoginCheck(expected: { username: string; password: string }) {
  const username = digest(expected.username);
  const password = digest(expected.password);
  return (given: { username: string; password: string }): boolean => {
    const sameUsername = timingSafeEqual(digest(given.username), username);
    const samePassword = timingSafeEqual(digest(given.password), password);
    return sameUsername && samePassword;
  };
}

export interface Logins {
  /** May look and act. */
  operator: { username: string; password: string };
  /** May look. */
  viewer?: { username: string; password: string } | undefined;
}

/** The role of a login; undefined if it is wrong. Always compares both, so that the duration reveals nothing. */
export function createRoleOf({ operator, viewer }: Logins) {
  const isOperator = createLoginCheck(operator);
  const isViewer = viewer === undefined ? () => false : createLoginCheck(viewer);
  return (given: { username: string; password: string }): 'operator' | 'viewer' | undefined => {
    const [asOperator, asViewer] = [isOperator(given), isViewer(given)];
    if (asOperator) return 'operator';
    return asViewer ? 'viewer' : undefined;
  };
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const OWN_SITES = new Set(['same-origin', 'none']);

/** Whether a request only looks. */
export const isSafe = (method: string): boolean => SAFE_METHODS.has(method);

/**
 * A request that a page of another site made the browser send. Browsers add the cached login, so the login alone
 * does not stop it. Clients that are not browsers send neither header and pass.
 */
export function isCrossSite(request: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
  if (isSafe(request.method)) return false;
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && !OWN_SITES.has(String(site))) return true;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

/** Allows the board's own scripts and inline styles, and no other host. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

export function setPageHeaders(reply: FastifyReply): void {
  reply.headers({
    'cache-control': 'no-store',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    // With `no-referrer` browsers hide the origin of our own forms, and we would refuse them as another site's.
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
}
