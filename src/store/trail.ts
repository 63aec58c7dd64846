/** A trail's entries as Redis keeps them. */
import type { TrailEntry } from '../transfer/ports/records.ts';

export const readTrail = (entries: [id: string, fields: string[]][]): (TrailEntry & { at: string })[] =>
  entries.map(([id, fields]) => ({
    ...(JSON.parse(fields[1] ?? '{}') as TrailEntry),
    at: new Date(Number(id.split('-')[0])).toISOString(),
  }));
