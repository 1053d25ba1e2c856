import type { Writable } from "node:stream";
import { ConfigError } from "../../errors.ts";
import type { ClientFacts } from "../request/request-vars.ts";

/** What a front writes down about every request, and how requests are named. */
export interface AccessLogOptions {
  /** A file, a named pipe or a stream that gets a line for every request. @defaultValue none */
  readonly accessLog?: string | Writable | false;
  /**
   * `json`, `combined`, `common`, `uwsgi`, or a template with variables such as `'$remote_addr "$request" $status'`.
   * @defaultValue `"json"`
   */
  readonly logFormat?: string;
  /** Log the query of a target. Without it, no log has one, for applications that put secrets there. @defaultValue true */
  readonly logQuery?: boolean;
  /**
   * Give every request an id in a field of this name, for the application and in the response. @defaultValue false: only error answers have
   * one, in `X-Request-Id`
   */
  readonly requestIdHeader?: string | false;
  /**
   * Whose ids are taken over as they came, when they are well-formed, besides those of trusted proxies. @defaultValue nobody's
   */
  readonly acceptsRequestIds?: (client: ClientFacts) => boolean;
  /**
   * Begin a trace for requests without a valid `traceparent`. One that came is passed on as it is in any case, as a proxy does that takes no
   * part in the trace. @defaultValue false
   */
  readonly trace?: boolean;
}

export const ACCESS_LOG_DEFAULTS: Required<AccessLogOptions> = {
  accessLog: false,
  logFormat: "json",
  logQuery: true,
  requestIdHeader: false,
  acceptsRequestIds: () => false,
  trace: false,
};

/** Fields that mean something to a connection, or to whoever reads a message, can not be the name of an id. */
const TAKEN =
  /^(?:host|connection|content-.*|transfer-encoding|cookie|set-cookie|authorization|upgrade|te|trailer|date|status)$/i;

/** @throws {@link ConfigError} that names the option. */
export function checkAccessLogOptions({ accessLog, requestIdHeader }: Required<AccessLogOptions>): void {
  if (accessLog === "") throw new ConfigError("accessLog", "accessLog: expected a path");
  if (requestIdHeader === false) return;
  if (!/^[a-z][a-z\d-]{0,63}$/i.test(requestIdHeader) || TAKEN.test(requestIdHeader))
    throw new ConfigError(
      "requestIdHeader",
      `requestIdHeader: ${JSON.stringify(requestIdHeader)} can not be used`,
    );
}
