import { ConfigError } from "../../errors.ts";

/** How a front answers what it can not serve. */
export interface ExplainOptions {
  /**
   * Tell the client everything about a failure: what happened, what to do, addresses and sizes, as HTML for browsers and as text for everybody
   * else. For development only. @defaultValue false
   */
  readonly errorDetails?: boolean;
  /**
   * Pages that take the place of the front's own, by status or class of statuses: `{ "404": "./404.html", "5xx": "./sorry.html" }`. Read at the
   * start, and again when they have changed. Answers of applications are not replaced. @defaultValue none
   */
  readonly errorPages?: Readonly<Record<string, string>>;
}

export const EXPLAIN_DEFAULTS: Required<ExplainOptions> = { errorDetails: false, errorPages: {} };

/**
 * Check what can be checked without looking at the disk.
 *
 * @throws {@link ConfigError} that names the option.
 */
export function checkExplainOptions({ errorPages }: Required<ExplainOptions>): void {
  for (const [status, path] of Object.entries(errorPages)) {
    if (!/^[45](?:\d\d|xx)$/.test(status))
      throw new ConfigError(
        "errorPages",
        `errorPages: expected a status from 400 to 599, 4xx or 5xx, got ${status}`,
      );
    if (path === "") throw new ConfigError("errorPages", `errorPages: there is no file for ${status}`);
  }
}
