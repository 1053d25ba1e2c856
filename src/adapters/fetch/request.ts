import { ProtocolError } from "../../errors.ts";
import type { Environ, HeaderPair } from "../../gateway/types.ts";
import type { ClientSignal } from "./client-signal.ts";
import { appendHeaders, requestHeaders } from "./headers.ts";
import { NativeRequest } from "./native-classes.ts";
import { RequestBody } from "./request-body.ts";
import { fetchUrl } from "./url.ts";

/** What both kinds of Request are made of. */
export interface RequestParts {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Pick<RequestBody, "read" | "stream"> | undefined;
  readonly client: ClientSignal;
}

/** Methods that the Fetch standard knows in upper case only. */
const NORMALIZED = /^(?:delete|get|head|options|post|put)$/i;
/** Methods it knows not at all. */
const FORBIDDEN = /^(?:connect|trace|track)$/i;

/**
 * Take from an environ what a Request needs.
 *
 * @throws {@link ProtocolError} 400 as {@link fetchUrl} and {@link requestHeaders} do, and `UWB_ERR_REQUEST_METHOD`, 501, for CONNECT,
 *   TRACE and TRACK.
 */
export function requestParts(environ: Environ, client: ClientSignal): RequestParts {
  const method = methodOf(environ);
  return {
    method,
    url: fetchUrl(environ),
    headers: requestHeaders(environ),
    body: hasBody(method, environ) ? new RequestBody(environ["wsgi.input"], client) : undefined,
    client,
  };
}

/** A Request of Node's own. */
export function nativeRequest({ method, url, headers, body, client }: RequestParts): Request {
  const { signal } = client;
  const request = new NativeRequest(
    url,
    body ? { method, signal, body: body.stream(), duplex: "half" } : { method, signal },
  );
  appendHeaders(request.headers, headers);
  client.kept = request;
  return request;
}

function methodOf({ REQUEST_METHOD }: Environ): string {
  if (FORBIDDEN.test(REQUEST_METHOD)) {
    throw new ProtocolError("UWB_ERR_REQUEST_METHOD", `no Request can have the method ${REQUEST_METHOD}`, {
      offset: 0,
      statusHint: 501,
    });
  }
  return NORMALIZED.test(REQUEST_METHOD) ? REQUEST_METHOD.toUpperCase() : REQUEST_METHOD;
}

function hasBody(method: string, environ: Environ): boolean {
  if (method === "GET" || method === "HEAD") return false;
  // A chunked body has no CONTENT_LENGTH, and its length may still be unknown.
  return Number(environ.CONTENT_LENGTH ?? "") > 0 || environ["wsgi.input"].remaining > 0;
}
