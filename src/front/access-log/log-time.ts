const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `2026-01-31T23:59:59.123Z` */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

/**
 * As the Common Log Format has it, in local time: `31/Jan/2026:23:59:59 +0100`.
 *
 * @param offsetMinutes - East of Greenwich. @defaultValue that of the system at this time
 */
export function commonTime(
  atMs: number,
  offsetMinutes: number = -new Date(atMs).getTimezoneOffset(),
): string {
  const local = new Date(atMs + offsetMinutes * MINUTE_MS).toISOString();
  const [, year, month, day, time] = /^(\d+)-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)/.exec(local) ?? [];
  const offset = Math.abs(offsetMinutes);
  const hours = String(Math.trunc(offset / 60)).padStart(2, "0");
  const minutes = String(offset % 60).padStart(2, "0");
  const sign = offsetMinutes < 0 ? "-" : "+";
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} ${sign}${hours}${minutes}`;
}

/** The times of log lines. All that is the same for a second is written once. */
export class LogTime {
  #isoSecond = Number.NaN;
  #iso = "";
  #commonSecond = Number.NaN;
  #common = "";

  iso(atMs: number): string {
    const second = Math.floor(atMs / SECOND_MS);
    if (second !== this.#isoSecond) {
      this.#isoSecond = second;
      this.#iso = isoTime(second * SECOND_MS).slice(0, -"000Z".length);
    }
    const ms = Math.floor(atMs) - second * SECOND_MS;
    return `${this.#iso}${ms < 10 ? "00" : ms < 100 ? "0" : ""}${ms}Z`;
  }

  common(atMs: number): string {
    const second = Math.floor(atMs / SECOND_MS);
    if (second !== this.#commonSecond) {
      this.#commonSecond = second;
      this.#common = commonTime(second * SECOND_MS);
    }
    return this.#common;
  }
}
