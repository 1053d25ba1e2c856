import type { Logger } from "../log.ts";

/** A request that was not served, and why. */
export interface LoggedRefusal {
  readonly id: string;
  readonly status: number;
  readonly reason: string;
  readonly method?: string | undefined;
  readonly uri?: string | undefined;
}

/** A client wrote something that is not served: its own doing, so it is no error of ours. */
export function logRefusal(log: Logger, { id, status, reason, method, uri }: LoggedRefusal): void {
  const what = method === undefined ? {} : { method, uri: loggedUri(uri) };
  log.info(
    { requestId: id, code: "UWB_ERR_REQUEST_INVALID", status, reason, ...what },
    "a request was refused",
  );
}

/** A target as it may stand in a log: a password that somebody put before the host is not for everybody who reads it. */
export function loggedUri(uri = ""): string {
  return uri.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1");
}
