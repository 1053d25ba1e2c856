const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const IMF = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;
const RFC850 =
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d):(\d\d):(\d\d) GMT$/;
const ASCTIME = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})$/;
const CENTURY = 100;
/** A year of two digits that seems to be further in the future than this is one of the past. */
const FUTURE_YEARS = 50;

/**
 * Read a date of HTTP in one of its three forms. `Date.parse` would take much else for a date.
 *
 * @param nowMs - Tells the century of a year of two digits.
 * @returns Milliseconds since 1970, or `undefined` when it is none: a condition with such a date is ignored.
 * @see RFC 9110 section 5.6.7
 */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  const [, ...imf] = IMF.exec(text) ?? [];
  if (imf.length > 0) return timeOf(imf);
  const [, day, month, shortYear, ...clock] = RFC850.exec(text) ?? [];
  if (shortYear !== undefined) return timeOf([day, month, fullYear(Number(shortYear), nowMs), ...clock]);
  const [, monthName, date, hour, minute, second, year] = ASCTIME.exec(text) ?? [];
  return year === undefined ? undefined : timeOf([date, monthName, year, hour, minute, second]);
}

function timeOf([day, monthName = "", year, ...clock]: readonly (string | undefined)[]): number | undefined {
  const month = MONTHS.indexOf(monthName);
  const [hour = 0, minute = 0, second = 0] = clock.map(Number);
  const time = Date.UTC(Number(year), month, Number(day), hour, minute, second);
  const isReal =
    month >= 0 && new Date(time).getUTCDate() === Number(day) && hour < 24 && minute < 60 && second <= 60;
  return isReal ? time : undefined;
}

function fullYear(shortYear: number, nowMs: number): string {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - (thisYear % CENTURY) + shortYear;
  return String(year > thisYear + FUTURE_YEARS ? year - CENTURY : year);
}
