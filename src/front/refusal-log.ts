import type { Logger } from "../log.ts";

/** A request that was not served, and why. */
export interface LoggedRefusal {
  readonly id: string;
  readonly status: number;
  readonly reason: string;
  readonly method?: string | undefined;
  readonly uri?: string | undefined;
  /** Whether the query of the URI may be logged. @defaultValue true */
  readonly keepsQuery?: boolean | undefined;
}

/** A client wrote something that is not served: its own doing, so it is no error of ours. */
export function logRefusal(
  log: Logger,
  { id, status, reason, method, uri, keepsQuery }: LoggedRefusal,
): void {
  const what = method === undefined ? {} : { method, uri: loggedUri(uri, keepsQuery) };
  log.info(
    { requestId: id, code: "UWB_ERR_REQUEST_INVALID", status, reason, ...what },
    "a request was refused",
  );
}

/**
 * A target as it may stand in a log: a password that somebody put before the host is not for everybody who reads it.
 *
 * @param keepsQuery - Whether the query may. @defaultValue true
 */
export function loggedUri(uri = "", keepsQuery = true): string {
  const target = uri.startsWith("/") ? uri : uri.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1");
  const query = keepsQuery ? -1 : target.search(/[?#]/);
  return query === -1 ? target : target.slice(0, query);
}
