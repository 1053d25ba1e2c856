import { ConfigError } from "../../errors.ts";
import { checkRanges, type Ranges } from "../../settings.ts";
import { parseServerSpec } from "../balance/server-spec.ts";
import { type HttpAddress, isHttpTarget, parseHttpAddress } from "../http-target/http-address.ts";
import { parsePrefix } from "../static/url-prefix.ts";
import { parseHostPattern } from "./host-pattern.ts";
import { checkRedirect } from "./redirect-location.ts";
import type {
  AnswerRouteOptions,
  ForwardRouteOptions,
  RedirectRouteOptions,
  RouteOptions,
} from "./route-options.ts";

const MAX_TIMER_MS = 2 ** 31 - 1;
const RANGES = {
  connectTimeoutMs: [1, MAX_TIMER_MS],
  readTimeoutMs: [1, MAX_TIMER_MS],
  sendTimeoutMs: [1, MAX_TIMER_MS],
  queueTimeoutMs: [1, MAX_TIMER_MS],
  bodyTimeoutMs: [1, MAX_TIMER_MS],
  maxBodyBytes: [0, Number.MAX_SAFE_INTEGER],
  modifier1: [0, 255],
  modifier2: [0, 255],
  maxVarsBytes: [1, 65_535],
  maxVars: [1, 65_535],
} as const;
const KINDS = ["to", "redirect", "respond"] as const;
const FOR_UWSGI = ["modifier1", "modifier2", "params", "maxVarsBytes", "maxVars"] as const;
const REDIRECT_STATUSES: readonly number[] = [301, 302, 307, 308];
const STATUS_RANGE = { status: [200, 599] } as const;
const FORBIDDEN_PARAM = /^UWSGI_|^$/;

/**
 * Check a route by itself.
 *
 * @param where - What the error names: the flag, or the place in the list.
 * @throws {@link ConfigError} that says which part is wrong.
 */
function checkRoute(route: RouteOptions, where: string): void {
  if (KINDS.filter((kind) => kind in route).length !== 1)
    throw wrong(where, "a route has one of to, redirect and respond");
  parseHostPattern(route.host ?? "*", where);
  parsePrefix(route.path ?? "/", where);
  if ("to" in route) checkForward(route, where);
  else if ("redirect" in route) checkRedirectRoute(route, where);
  else checkAnswer(route, where);
}

/**
 * Check all routes, together with each other.
 *
 * @param hasDefault - Servers are named for whatever has no route.
 * @param whereOf - What errors call a route. @defaultValue its place in the list
 * @throws {@link ConfigError}
 */
export function checkRoutes(
  routes: readonly RouteOptions[],
  hasDefault: boolean,
  whereOf: (index: number) => string = (index) => `routes[${index}] ${scopeText(routes[index])}`,
): void {
  const seen = new Map<string, string>(hasDefault ? [["/", "the option to (--to, or the application)"]] : []);
  for (const [index, route] of routes.entries()) {
    const where = whereOf(index);
    checkRoute(route, where);
    const scope = `${parseHostPattern(route.host ?? "*", where)}${parsePrefix(route.path ?? "/", where)}/`;
    const other = seen.get(scope);
    if (other !== undefined) throw wrong(where, `${other} is for the same requests`);
    seen.set(scope, where);
  }
}

/** The host and the path of a route, for people. */
function scopeText(route: RouteOptions | undefined): string {
  const { host = "", path = "/" } = route ?? {};
  return `${host === "*" ? "" : host}${path}`;
}

function checkForward(route: ForwardRouteOptions, where: string): void {
  const targets = typeof route.to === "string" ? [route.to] : route.to;
  if (targets.length === 0) throw wrong(where, "name at least one server");
  const httpTargets = targets.filter(isHttpTarget);
  if (httpTargets.length > 0 && httpTargets.length < targets.length)
    throw wrong(where, "all servers of a route speak uwsgi, or all of them HTTP");
  for (const target of targets) {
    const address = isHttpTarget(target) ? serverOf(parseHttpAddress(target, where)) : target;
    checkServer(address, where);
  }
  const bases = new Set(httpTargets.map((target) => parseHttpAddress(target, where).base));
  if (bases.size > 1) throw wrong(where, "the HTTP servers of a route have the same base path");
  if (httpTargets.length > 0) checkForHttp(route, where);
  checkNumbers(route, RANGES, where);
  for (const name of Object.keys(route.params ?? {})) {
    if (FORBIDDEN_PARAM.test(name)) throw wrong(where, `the var ${JSON.stringify(name)} can not be set`);
  }
}

function checkServer(text: string, where: string): void {
  try {
    parseServerSpec(text, "routes", "the server");
  } catch (error) {
    throw error instanceof ConfigError
      ? new ConfigError("routes", `${where}: ${error.message}`, error.code, { cause: error })
      : error;
  }
}

function serverOf({ address, options }: HttpAddress): string {
  return address + options;
}

function checkForHttp(route: ForwardRouteOptions, where: string): void {
  const option = FOR_UWSGI.find((name) => route[name] !== undefined);
  if (option !== undefined) throw wrong(where, `${option} is for uwsgi servers, not for HTTP servers`);
}

function checkRedirectRoute(
  { redirect, status = 302, path = "/", host }: RedirectRouteOptions,
  where: string,
): void {
  checkRedirect(redirect, where);
  if (!REDIRECT_STATUSES.includes(status))
    throw wrong(where, `status must be 301, 302, 307 or 308, got ${status}`);
  // A path of the route itself would be sent round for ever; one that has a route of its own is fine, and known to the table only.
  const isSame = parsePrefix(path, where) === redirect.replace(/\/$/, "");
  if (host === undefined && isSame) throw wrong(where, "the redirect leads to itself");
}

function checkAnswer(route: AnswerRouteOptions, where: string): void {
  checkNumbers({ status: route.status ?? 200 }, STATUS_RANGE, where);
}

function checkNumbers<K extends string>(values: object, ranges: Ranges<K>, where: string): void {
  const numbers = values as Readonly<Record<K, number>>;
  const given = Object.entries(ranges).filter(([name]) => numbers[name as K] !== undefined);
  try {
    checkRanges(numbers, Object.fromEntries(given) as Ranges<K>);
  } catch (error) {
    throw error instanceof ConfigError ? wrong(where, error.message) : error;
  }
}

function wrong(where: string, what: string): ConfigError {
  return new ConfigError("routes", `${where}: ${what}`);
}
