import type { Command } from "commander";
import { ConfigError } from "../errors.ts";
import { checkRoutes } from "../front/routes/check-routes.ts";
import type { ForwardRouteOptions, RouteOptions } from "../front/routes/route-options.ts";
import { parseTargetOptions, type TargetOptions } from "../front/routes/target-options.ts";
import { FLAG_GROUPS } from "./flag-groups.ts";
import { collect } from "./flags.ts";

/** The flags about routes as commander delivers them. */
export interface RouteFlags {
  readonly mount?: string[];
  readonly vhost?: string[];
  readonly redirect?: string[];
  readonly respond?: string[];
}

/** Give a command the flags about routes. */
export function addRouteFlags(command: Command): Command {
  return command
    .optionsGroup(FLAG_GROUPS.routes)
    .option(
      "--mount </prefix=target>",
      "send paths below a prefix to another server, ;options may follow; repeat it for a pool",
      collect,
    )
    .option(
      "--vhost <host=target>",
      "send a host, *.example.com, or host/prefix to another server; as --mount",
      collect,
    )
    .option(
      "--redirect </old=/new>",
      "redirect a prefix to a path or URL, ;status=302; may be repeated",
      collect,
    )
    .option("--respond </prefix=status:text>", "always answer this; may be repeated", collect);
}

/** A route, and how the flag it comes from is called in errors. */
interface NamedRoute<T extends RouteOptions = RouteOptions> {
  readonly where: string;
  readonly route: T;
}

/**
 * The routes of a front, from its flags.
 *
 * @returns `undefined` when there are none.
 * @throws {@link ConfigError} that names the flag and what is wrong with it.
 */
export function routeOptions({
  mount = [],
  vhost = [],
  redirect = [],
  respond = [],
}: RouteFlags): readonly RouteOptions[] | undefined {
  const forwards = [
    ...mount.map((text) => forwardOf(text, "--mount", /^\/[^=]*$/)),
    ...vhost.map((text) => forwardOf(text, "--vhost", /^[^/=]+(?:\/[^=]*)?$/)),
  ];
  const named: readonly NamedRoute[] = [
    ...pooled(forwards),
    ...redirect.map(redirectOf),
    ...respond.map(respondOf),
  ];
  const routes = named.map(({ route }) => route);
  checkRoutes(routes, false, (index) => named[index]?.where ?? "");
  return routes.length === 0 ? undefined : routes;
}

function forwardOf(text: string, flag: string, form: RegExp): NamedRoute<ForwardRouteOptions> {
  const expected = flag === "--mount" ? "/prefix=target" : "host=target or host/prefix=target";
  const { scope, value } = parts(text, { flag, form, expected });
  const where = `${flag} ${scope}`;
  const { target, options } = parseTargetOptions(value, where);
  return { where, route: { ...scopeOf(scope), to: [target], ...options } };
}

function redirectOf(text: string): NamedRoute {
  const flag = "--redirect";
  const { scope, value } = parts(text, { flag, form: /^[^/=]*\/[^=]*$/, expected: "/old=/new" });
  const where = `${flag} ${scope}`;
  const [target = "", option, ...more] = value.split(";");
  const [, status] = /^status=(\d{3})$/.exec(option ?? "status=302") ?? [];
  if (status === undefined || more.length > 0)
    throw wrong(where, `expected ;status=308 or nothing behind the target, got ${JSON.stringify(value)}`);
  return { where, route: { ...scopeOf(scope), redirect: target, status: Number(status) } };
}

function respondOf(text: string): NamedRoute {
  const flag = "--respond";
  const form = /^[^/=]*\/[^=]*$/;
  const { scope, value } = parts(text, { flag, form, expected: "/health=200:ok" });
  const where = `${flag} ${scope}`;
  const [, status, body = ""] = /^(\d{3})(?::(.*))?$/s.exec(value) ?? [];
  if (status === undefined) throw wrong(where, `expected 200:text, got ${JSON.stringify(value)}`);
  return { where, route: { ...scopeOf(scope), respond: body, status: Number(status) } };
}

/** Take a flag apart at its first equals sign. */
function parts(
  text: string,
  { flag, form, expected }: { readonly flag: string; readonly form: RegExp; readonly expected: string },
): { readonly scope: string; readonly value: string } {
  const equals = text.indexOf("=");
  const scope = text.slice(0, Math.max(0, equals));
  if (equals !== -1 && form.test(scope)) return { scope, value: text.slice(equals + 1) };
  throw wrong(flag, `expected ${expected}, got ${JSON.stringify(text)}`);
}

function scopeOf(scope: string): { readonly host?: string; readonly path: string } {
  const slash = scope.indexOf("/");
  if (slash === 0) return { path: scope };
  const host = slash === -1 ? scope : scope.slice(0, slash);
  return { host, path: slash === -1 ? "/" : scope.slice(slash) };
}

/** The targets of the same route become one pool; what is said about one of them is said about the route. */
function pooled(routes: readonly NamedRoute<ForwardRouteOptions>[]): readonly NamedRoute[] {
  const pools = new Map<string, NamedRoute<ForwardRouteOptions>>();
  for (const { where, route } of routes) {
    const scope = `${(route.host ?? "*").toLowerCase()}${(route.path ?? "/").replace(/(.)\/$/, "$1")}`;
    const first = pools.get(scope);
    pools.set(scope, first ? { where, route: together(first.route, route, where) } : { where, route });
  }
  return [...pools.values()];
}

function together(
  { to, params, ...options }: ForwardRouteOptions,
  { to: alsoTo, params: moreParams, ...moreOptions }: ForwardRouteOptions,
  where: string,
): ForwardRouteOptions {
  for (const name of Object.keys(moreOptions) as (keyof TargetOptions & keyof typeof options)[]) {
    if (options[name] !== undefined && options[name] !== moreOptions[name] && !isScope(name))
      throw wrong(where, `the targets of a pool differ in ${name}`);
  }
  const pool = { ...options, ...moreOptions, to: [...to, ...alsoTo] };
  return params || moreParams ? { ...pool, params: { ...params, ...moreParams } } : pool;
}

function isScope(name: string): boolean {
  return name === "host" || name === "path";
}

function wrong(where: string, what: string): ConfigError {
  return new ConfigError("routes", `${where}: ${what}`);
}
