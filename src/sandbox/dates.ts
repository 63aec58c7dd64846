import type { SandboxBehaviour } from './behaviour.ts';

const zoneSuffix = /(Z|[+-]\d\d:\d\d)$/;

const oslo = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Oslo', timeZoneName: 'longOffset' });

/** `+01:00` or `+02:00`: how far Oslo's clock is ahead of UTC at this moment. */
function osloOffset(at: number): string {
  const name = oslo.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return /[+-]\d\d:\d\d/.exec(name)?.[0] ?? '+00:00';
}

/** A stored date as an answer writes it. */
export function withZone(text: string, zone: SandboxBehaviour['dateZone']): string {
  const bare = text.replace(zoneSuffix, '');
  if (zone === 'none') return bare;
  return bare + (zone === 'utc' ? 'Z' : osloOffset(Date.parse(`${bare.slice(0, 19)}Z`)));
}

/** A sent date as it is stored: unchanged, or converted from Oslo time to UTC. */
export function toBooks(text: string, shift: SandboxBehaviour['dateShift']): string {
  if (shift === 'kept') return text;
  const bare = text.slice(0, 19);
  const zone = zoneSuffix.exec(text)?.[0] ?? osloOffset(Date.parse(`${bare}Z`));
  return new Date(Date.parse(bare + zone)).toISOString().slice(0, 19);
}
