/** Which requests a route is for. */
interface RouteScope {
  /** `example.com`, or `*.example.com` for the names below it. Port, case and a dot at its end do not matter. @defaultValue every host */
  readonly host?: string;
  /** URL prefix, such as `/api`, which is for `/api` and what is below `/api/`. @defaultValue `/`: every path */
  readonly path?: string;
}

/** Requests are passed on to servers. What is left out is as the options of the front have it. */
export interface ForwardRouteOptions extends RouteScope {
  /**
   * One server or several: uwsgi servers as in the option `to`, or HTTP servers, `http://host:port`, `http://host:port/base` or
   * `http+unix:/path`.
   */
  readonly to: string | readonly string[];
  /**
   * Move the prefix from PATH_INFO to SCRIPT_NAME, so that the application sees paths as if it were alone; HTTP servers get the path without
   * it, and X-Forwarded-Prefix. @defaultValue true
   */
  readonly stripPrefix?: boolean;
  /** Clients may switch protocols here, if the front allows it at all. @defaultValue true */
  readonly websocket?: boolean;
  readonly connectTimeoutMs?: number;
  readonly readTimeoutMs?: number;
  readonly sendTimeoutMs?: number;
  readonly queueTimeoutMs?: number;
  readonly bodyTimeoutMs?: number;
  readonly maxBodyBytes?: number;
  readonly requestBuffering?: boolean;
  readonly persist?: boolean;
  /** For uwsgi servers only, as all that follow. */
  readonly modifier1?: number;
  readonly modifier2?: number;
  /** In addition to those of the front. */
  readonly params?: Readonly<Record<string, string>>;
  readonly maxVarsBytes?: number;
  readonly maxVars?: number;
}

/** Requests are sent elsewhere: what follows the prefix is appended, and the query is kept. */
export interface RedirectRouteOptions extends RouteScope {
  /** A path of the same host, or `http://` or `https://` with a host and perhaps a path. */
  readonly redirect: string;
  /** 301, 302, 307 or 308. With 307 and 308 clients repeat the method and the body. @defaultValue 302 */
  readonly status?: number;
}

/** Requests get an answer that is always the same, plain text, whether or not there are servers. */
export interface AnswerRouteOptions extends RouteScope {
  /** The text. */
  readonly respond: string;
  /** Below 400: for GET and HEAD, other methods are answered 405. @defaultValue 200 */
  readonly status?: number;
}

/** One route of a front. */
export type RouteOptions = ForwardRouteOptions | RedirectRouteOptions | AnswerRouteOptions;

/** Where a front sends which requests. */
export interface RoutingOptions {
  /**
   * Servers, redirects and fixed answers by host and path. The host decides first, then the longest prefix; what has no route goes to `to`,
   * else it is answered 404, or 421 when only other hosts have routes. @defaultValue none
   */
  readonly routes?: readonly RouteOptions[];
}

export const ROUTING_DEFAULTS: Required<RoutingOptions> = { routes: [] };
