/** Turns 24SevenOffice's times into dates. */
import type { LocalDate } from '../contract/jobs.ts';

const HAS_ZONE = /(Z|[+-]\d{2}:?\d{2})$/i;
const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;
/**
 * No order of ours is older than this. An earlier year means "no date": databases and spreadsheets write that as
 * 1753-01-01, 1899-12-30, 1900-01-01 or 1970-01-01, and 24SevenOffice itself as year 1.
 */
const FIRST_REAL_YEAR = 2000;

/** A time without a zone is UTC. undefined for a text that is no date, or a date that means "not set". */
function instantOf(time: string | undefined): Date | undefined {
  if (time === undefined) return undefined;
  const instant = new Date(DATE_ONLY.test(time) || HAS_ZONE.test(time) ? time : `${time}Z`);
  if (Number.isNaN(instant.getTime()) || instant.getUTCFullYear() < FIRST_REAL_YEAR) return undefined;
  return instant;
}

/** Whether the time is a real one, of a payment or a booking, and not "not set". */
export const isRealDate = (time: string | undefined): boolean => instantOf(time) !== undefined;

/** The shop's calendar date of one of the service's times. */
export function localDateOf(time: string | undefined, timeZone: string): LocalDate | undefined {
  const instant = instantOf(time);
  if (instant === undefined || time === undefined) return undefined;
  if (DATE_ONLY.test(time)) return time as LocalDate;
  return formatOf(timeZone).format(instant) as LocalDate;
}

/** One a time zone: to make one takes longer than all else that a look at an order does, and orders are followed by the thousand. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  // Swedish dates have the form of ISO 8601.
  const made = new Intl.DateTimeFormat('sv-SE', { timeZone });
  formats.set(timeZone, made);
  return made;
}
