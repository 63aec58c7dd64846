/** What a page tells after a redirect. It stays here: in the URL, anybody could write it with a link. */
import { randomUUID } from 'node:crypto';

/** Of some hundred bytes each; the oldest goes first. */
const MOST = 1_000;
const GONE = 'It was refused. Do it again to see why: another process told it, or it was long ago.';

export function createNotes() {
  const kept = new Map<string, string>();
  return {
    /** @returns its id, which nobody can guess */
    keep(text: string): string {
      const id = randomUUID();
      kept.set(id, text);
      const [oldest] = kept.keys();
      if (kept.size > MOST) kept.delete(oldest ?? '');
      return id;
    },
    read: (id: string): string => kept.get(id) ?? GONE,
  };
}
