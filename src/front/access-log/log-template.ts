import { ConfigError } from "../../errors.ts";
import type { AccessRecord } from "./access-record.ts";
import type { LogTime } from "./log-time.ts";
import { LOG_VARIABLES, type LogVariable } from "./log-variables.ts";

/** Writes the line of a request, without its end. */
export type LogFormatter = (record: AccessRecord, time: LogTime) => string;

const COMMON = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent';
export const COMMON_FORMATS: Readonly<Record<"common" | "combined", string>> = {
  common: COMMON,
  combined: `${COMMON} "$http_referer" "$http_user_agent"`,
};

/** Written for each `$name` of a template; `$$` is a dollar. */
const VARIABLE = /\$(?:\$|(\w+)|\{(\w+)\})/g;
const UNPRINTABLE = /[^ -~]/;

/**
 * Prepare a template such as `$remote_addr "$request" $status`.
 *
 * @throws {@link ConfigError} that names a variable which does not exist.
 */
export function compileTemplate(template: string): LogFormatter {
  if (UNPRINTABLE.test(template))
    throw new ConfigError("logFormat", "logFormat: a template is one line of ASCII characters");
  if (!/\$(?:\w|\{)/.test(template)) {
    const names = "json, combined, common, uwsgi, or a template with variables such as $request";
    throw new ConfigError("logFormat", `logFormat: expected ${names}, got ${JSON.stringify(template)}`);
  }
  const parts: (string | LogVariable)[] = [];
  let end = 0;
  for (const match of template.matchAll(VARIABLE)) {
    parts.push(template.slice(end, match.index));
    end = match.index + match[0].length;
    const name = match[1] ?? match[2];
    parts.push(name === undefined ? "$" : variable(name));
  }
  parts.push(template.slice(end));
  return (record, time) => {
    let line = "";
    for (const part of parts) line += typeof part === "string" ? part : part(record, time);
    return line;
  };
}

function variable(name: string): LogVariable {
  const known = Object.hasOwn(LOG_VARIABLES, name) ? LOG_VARIABLES[name] : undefined;
  if (known) return known;
  const names = Object.keys(LOG_VARIABLES).join(", ");
  throw new ConfigError("logFormat", `logFormat: there is no $${name}; a template may have ${names}`);
}
