/** Until when a refusal for quota lasts (24seven.md §10: "Quarantine ends at …", in an undocumented format). */

const HOUR_MS = 3_600_000;
const MAX_QUARANTINE_MS = 24 * HOUR_MS;
/** A named time may lie this far back by the difference of two clocks. */
const CLOCK_SKEW_MS = 5 * 60_000;
const SHORT_PAUSE_MS = 2_000;

/** Its gaps are bounded: without, a text of nothing but white space takes minutes. */
const NAMED_TIME = /quarantine\s{1,9}ends?\s{1,9}(?:at|on)?\s{0,9}:?\s{0,9}([^<\r\n]{8,60})/i;
const ISO = /(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?/;
const DOTTED = /(\d{1,2})\.(\d{1,2})\.(\d{4})\s+(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?/;
const SLASHED = /(\d{1,2})\/(\d{1,2})\/(\d{4})\s+(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AP]M)?/i;

/** Times without a zone are UTC, as the API's are: at worst we wait longer than we must. */
function parseTime(text: string): number | undefined {
  const iso = ISO.exec(text);
  if (iso) {
    const [, year, month, day, hour, minute, second = '00', zone = 'Z'] = iso;
    const colonZone = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
    return numberOrNone(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${colonZone}`));
  }
  const dotted = DOTTED.exec(text);
  if (dotted) {
    const [, day, month, year, hour, minute, second = '0'] = dotted;
    return utc(year, month, day, Number(hour), minute, second);
  }
  const slashed = SLASHED.exec(text);
  if (slashed) {
    const [, month, day, year, hour, minute, second = '0', half] = slashed;
    const twelve = Number(hour) % 12;
    const hours = half === undefined ? Number(hour) : /p/i.test(half) ? twelve + 12 : twelve;
    return utc(year, month, day, hours, minute, second);
  }
  return undefined;
}

function utc(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  hours: number,
  minute: string | undefined,
  second: string,
): number | undefined {
  return numberOrNone(
    Date.UTC(Number(year), Number(month) - 1, Number(day), hours, Number(minute), Number(second)),
  );
}

const numberOrNone = (time: number) => (Number.isNaN(time) ? undefined : time);

export function nextHourMs(nowMs: number): number {
  return (Math.floor(nowMs / HOUR_MS) + 1) * HOUR_MS;
}

/**
 * Now by the service's clock, which the times it names are by, and ours may be an hour off. By ours where
 * its answer had no `Date`.
 */
export function serviceNow(date: string | undefined, nowMs: number): number {
  // Any other form would be read as local time.
  return (date?.endsWith(' GMT') ? numberOrNone(Date.parse(date)) : undefined) ?? nowMs;
}

/** The named time; the start of the next hour where none is named or it makes no sense. */
export function quarantineEnd(text: string, nowMs: number): number {
  const named = NAMED_TIME.exec(text)?.[1];
  const time = named === undefined ? undefined : parseTime(named);
  if (time === undefined || time > nowMs + MAX_QUARANTINE_MS || time < nowMs - CLOCK_SKEW_MS) {
    return nextHourMs(nowMs);
  }
  return Math.max(time, nowMs + SHORT_PAUSE_MS);
}

/** When a 429 without further text may be repeated: Retry-After in seconds or as a date, else 2 s. */
export function retryAfterEnd(header: string | undefined, nowMs: number): number {
  if (header === undefined) return nowMs + SHORT_PAUSE_MS;
  const seconds = Number(header);
  const time = Number.isFinite(seconds) ? nowMs + seconds * 1_000 : Date.parse(header);
  if (Number.isNaN(time) || time > nowMs + MAX_QUARANTINE_MS) return nowMs + SHORT_PAUSE_MS;
  return Math.max(time, nowMs + SHORT_PAUSE_MS);
}
