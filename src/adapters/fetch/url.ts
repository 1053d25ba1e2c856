import { ProtocolError } from "../../errors.ts";
import { requestUrl } from "../../gateway/request-url.ts";
import type { Environ } from "../../gateway/types.ts";

/** As strict as our front: whatever else may stand in a host name makes two programs disagree about the host. */
const NAME = /^[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*\.?(?::[0-9]{0,5})?$/;
const ADDRESS = /^\[[0-9A-Fa-f:.]+\](?::[0-9]{0,5})?$/;

const ABSOLUTE_FORM = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/;
/** What a URL may not hold. It comes as bytes, one per character. */
const NOT_ASCII = /[^\u0021-\u007e]/g;
/** Targets of these characters, without a segment that begins with a dot, are their own normal form. */
const NORMAL = /^[A-Za-z0-9\-._~!$&()*+,;=:@/%?]*$/;
const DOT_SEGMENT = /\/(?:\.|%2e)/i;

/** Normal form of the origins seen before, undefined for those that are none. */
const origins = new Map<string, string | undefined>();
const MAX_ORIGINS = 256;

/**
 * The URL of a request, absolute and in the normal form of the URL standard: what `new URL(url).href` gives.
 *
 * The scheme is `wsgi.url_scheme`. The authority is the Host field, else the server's name and port, else `localhost`. The target is
 * REQUEST_URI, as the client sent it; where there is none, or it is no path, it is rebuilt from SCRIPT_NAME, PATH_INFO and QUERY_STRING.
 *
 * @throws {@link ProtocolError} `UWB_ERR_REQUEST_INVALID`, 400, when the Host field is not a host with an optional port.
 * @see https://url.spec.whatwg.org/#url-parsing; RFC 9112 section 3.2
 */
export function fetchUrl(environ: Environ): string {
  const origin = originOf(environ);
  const target = targetOf(environ);
  const isNormal = NORMAL.test(target) && !DOT_SEGMENT.test(target);
  return isNormal ? origin + target : new URL(origin + target).href;
}

function originOf(environ: Environ): string {
  const scheme = environ["wsgi.url_scheme"];
  const host = environ["HTTP_HOST"];
  if (!host) return serverOrigin(scheme, environ);
  const origin = knownOrigin(scheme, host);
  if (origin === undefined) {
    throw new ProtocolError("UWB_ERR_REQUEST_INVALID", "the Host field is not a host", { offset: 0 });
  }
  return origin;
}

/** A server's name may be a pattern of its configuration, such as nginx's `~^www`. That is not the client's fault. */
function serverOrigin(scheme: string, { SERVER_NAME, SERVER_PORT }: Environ): string {
  const isBareAddress = SERVER_NAME.includes(":") && !SERVER_NAME.startsWith("[");
  const name = isBareAddress ? `[${SERVER_NAME}]` : SERVER_NAME;
  return (
    knownOrigin(scheme, `${name}:${SERVER_PORT}`) ?? knownOrigin(scheme, name) ?? `${scheme}://localhost`
  );
}

function knownOrigin(scheme: string, authority: string): string | undefined {
  const text = `${scheme}://${authority}`;
  const known = origins.get(text);
  if (known !== undefined || origins.has(text)) return known;
  const isHost = NAME.test(authority) || ADDRESS.test(authority);
  const origin = isHost && URL.canParse(text) ? new URL(text).origin : undefined;
  // Clients name the hosts: the memory of them has a bound.
  if (origins.size >= MAX_ORIGINS) origins.clear();
  origins.set(text, origin);
  return origin;
}

function targetOf(environ: Environ): string {
  const target = (rawTarget(environ.REQUEST_URI) ?? rebuiltTarget(environ)).replace(
    NOT_ASCII,
    percentEncoded,
  );
  const fragment = target.indexOf("#");
  return fragment === -1 ? target : target.slice(0, fragment);
}

/** A path with its query, or undefined when the client sent neither that nor a whole URL. */
function rawTarget(uri: string | undefined): string | undefined {
  if (uri?.startsWith("/")) return uri;
  if (!uri || !ABSOLUTE_FORM.test(uri)) return undefined;
  const target = uri.replace(ABSOLUTE_FORM, "");
  return target.startsWith("/") ? target : `/${target}`;
}

function rebuiltTarget(environ: Environ): string {
  const path = environ.SCRIPT_NAME + environ.PATH_INFO;
  const rooted: Environ = Object.assign(Object.create(environ), {
    HTTP_HOST: "host",
    SCRIPT_NAME: "",
    PATH_INFO: path.startsWith("/") ? path : `/${path}`,
  });
  return requestUrl(rooted).slice(`${environ["wsgi.url_scheme"]}://host`.length);
}

function percentEncoded(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
