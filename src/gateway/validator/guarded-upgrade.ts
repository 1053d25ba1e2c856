import type { Environ, StartResponse } from "../types.ts";
import type { ResponseRecord } from "./response-record.ts";

/**
 * Let an application behind a validator take the connection over: the server wants to see its own `startResponse`, and what comes
 * after is no response that could be checked.
 */
export function guardUpgrade(
  environ: Environ,
  response: ResponseRecord,
  { guarded, original }: { readonly guarded: StartResponse; readonly original: StartResponse },
): void {
  const upgrade = environ["uwsgi_bridge.upgrade"];
  if (!upgrade) return;
  environ["uwsgi_bridge.upgrade"] = (startResponse, status, headers) => {
    const stream = upgrade(startResponse === guarded ? original : startResponse, status, headers);
    response.isSwitched = true;
    return stream;
  };
}
