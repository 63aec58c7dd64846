import type { Warning } from '../contract/results.ts';

interface Candidate {
  id: number;
  name: string;
  /** 0 is expired. */
  statusId?: number;
}

const EXPIRED = 0;

/**
 * Choose the product or category that the shop's settings name: by the exact trimmed name, else ignoring case.
 *
 * The service's search is fuzzy, so candidates may have other names. An expired one is never chosen.
 */
export function chooseByName<T extends Candidate>(
  candidates: readonly T[],
  name: string,
  what: 'product' | 'category',
): { match?: T; warnings: Warning[] } {
  const active = candidates.filter((candidate) => candidate.statusId !== EXPIRED);
  const same = (clean: (text: string) => string) =>
    active.filter((candidate) => clean(candidate.name) === clean(name)).sort((a, b) => a.id - b.id);
  const exact = same((text) => text.trim().normalize());
  const matches = exact.length > 0 ? exact : same((text) => text.trim().normalize().toLowerCase());
  const [match] = matches;
  if (match === undefined) return { warnings: [] };
  if (matches.length === 1) return { match, warnings: [] };
  const ids = matches.map((candidate) => candidate.id).join(', ');
  const message = `${matches.length} ${what === 'product' ? 'products' : 'categories'} in 24SevenOffice have the name in the shop's settings (ids ${ids}); ${match.id} was used`;
  return { match, warnings: [{ code: `${what}.several`, message }] };
}
