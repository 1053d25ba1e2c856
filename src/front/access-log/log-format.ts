import { jsonLine } from "./json-line.ts";
import { COMMON_FORMATS, compileTemplate, type LogFormatter } from "./log-template.ts";
import { isoTime } from "./log-time.ts";
import { uwsgiLine } from "./uwsgi-line.ts";

/** How a log is written. */
export interface LogFormat {
  readonly line: LogFormatter;
  /** The line that stands for lines that were lost. */
  readonly lostLine: (count: number) => string;
}

/**
 * The format of a name, or of a template.
 *
 * @throws {@link ConfigError} for a template with a variable that does not exist, and for a name that does not.
 */
export function logFormat(format: string): LogFormat {
  if (format === "json") return { line: jsonLine, lostLine: jsonLostLine };
  if (format === "uwsgi") return { line: uwsgiLine(process.pid), lostLine: textLostLine };
  if (format === "common" || format === "combined")
    return { line: compileTemplate(COMMON_FORMATS[format]), lostLine: textLostLine };
  return { line: compileTemplate(format), lostLine: textLostLine };
}

function jsonLostLine(count: number): string {
  return `{"time":"${isoTime(Date.now())}","lostLines":${count}}`;
}

function textLostLine(count: number): string {
  return `# ${isoTime(Date.now())} ${count} lines of this log were lost`;
}
