/** Times as 24SevenOffice writes them, and the dates they are. */
import type { LocalDate } from '../contract/jobs.ts';

const HAS_ZONE = /(Z|[+-]\d{2}:?\d{2})$/i;
const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;
/**
 * Databases and spreadsheets write "no date" as 1753-01-01, 1899-12-30, 1900-01-01 or 1970-01-01, and
 * 24SevenOffice itself as year 1. No order of ours is older than this.
 */
const FIRST_REAL_YEAR = 2000;

/** UTC where the time names no zone; undefined where it is no date, or one that means "not set". */
function instantOf(time: string | undefined): Date | undefined {
  if (time === undefined) return undefined;
  const instant = new Date(DATE_ONLY.test(time) || HAS_ZONE.test(time) ? time : `${time}Z`);
  if (Number.isNaN(instant.getTime()) || instant.getUTCFullYear() < FIRST_REAL_YEAR) return undefined;
  return instant;
}

/** Whether something happened then: a payment, a booking. */
export const isRealDate = (time: string | undefined): boolean => instantOf(time) !== undefined;

/** The shop's calendar date of a time of the service's. */
export function localDateOf(time: string | undefined, timeZone: string): LocalDate | undefined {
  const instant = instantOf(time);
  if (instant === undefined || time === undefined) return undefined;
  if (DATE_ONLY.test(time)) return time as LocalDate;
  // Swedish dates are written as ISO 8601 has them.
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(instant) as LocalDate;
}
