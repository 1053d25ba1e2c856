import type { UpstreamLimits } from "../../client/upstream.ts";
import type { Deadlined, Deadlines } from "../../net/deadlines.ts";
import type { FrontSettings } from "../options.ts";
import type { Route } from "../pipeline/route.ts";
import type { ParsedRequest } from "../request/parsed-request.ts";
import type { Refusal } from "../request/refusal.ts";
import { parsePrefix } from "../static/url-prefix.ts";
import { UpstreamGroup } from "../upstreams/upstream-group.ts";
import { upstreamLimits } from "../upstreams/upstream-limits.ts";
import type { ServerStats } from "../upstreams/upstream-server.ts";
import { parseHostPattern } from "./host-pattern.ts";
import { otherReadings } from "./path-readings.ts";
import { RedirectAnswer, RefusingAnswer, type RouteAnswer, TextAnswer } from "./route-answer.ts";
import type { ForwardRouteOptions, RouteOptions } from "./route-options.ts";
import { isForward, routeForwarding } from "./route-settings.ts";
import { type Routed, RouteTable } from "./route-table.ts";

/** A route as requests take it. */
export interface CompiledRoute extends Route, Routed {
  readonly prefix: string;
  /** The prefix moves from PATH_INFO to SCRIPT_NAME. */
  readonly stripsPrefix: boolean;
}

/** What the routes of a front share. */
export interface RoutesContext {
  readonly deadlines: Deadlines<Deadlined>;
  /** Of the servers of the front. */
  readonly limits: UpstreamLimits;
  /** For whatever has no route. */
  readonly defaultRoute: Route;
}

const AMBIGUOUS: Refusal = { status: 400, reason: "the path can be read as that of another route" };

/** The routes of a front, and the servers they lead to. */
export class Routes {
  readonly #table: RouteTable<CompiledRoute>;
  readonly #groups: UpstreamGroup[] = [];
  readonly #nowhere: Readonly<Record<404 | 421, CompiledRoute>>;

  constructor(settings: FrontSettings, context: RoutesContext) {
    const { group } = context.defaultRoute;
    const base = { host: "", prefix: "", stripsPrefix: false, group };
    const compiled = settings.routes.map((route) => this.#compile(route, settings, context));
    this.#table = new RouteTable(settings.to.length > 0 ? [...compiled, base] : compiled);
    this.#nowhere = {
      404: { ...base, answer: new RefusingAnswer(404, "there is nothing under this path") },
      421: { ...base, answer: new RefusingAnswer(421, "this host is not served here") },
    };
  }

  /** @returns The route that a request takes; why it is not served, when its path can be read as one of several. */
  find({ authority, requestUri, pathInfo }: ParsedRequest): CompiledRoute | Refusal {
    const found = this.#table.find(authority?.host, pathInfo);
    for (const reading of otherReadings(requestUri, pathInfo)) {
      if (this.#table.find(authority?.host, reading) !== found) return AMBIGUOUS;
    }
    return typeof found === "number" ? this.#nowhere[found] : found;
  }

  stats(): ServerStats[] {
    return this.#groups.flatMap((group) => group.stats());
  }

  close(): void {
    for (const group of this.#groups) group.close();
  }

  #compile(route: RouteOptions, settings: FrontSettings, context: RoutesContext): CompiledRoute {
    const host = parseHostPattern(route.host ?? "*", "routes");
    const prefix = parsePrefix(route.path ?? "/", "routes");
    if (isForward(route)) return this.#compileForward({ host, prefix }, route, { settings, context });
    const answer: RouteAnswer =
      "redirect" in route ? new RedirectAnswer(prefix, route) : new TextAnswer(route);
    return { host, prefix, stripsPrefix: false, group: context.defaultRoute.group, answer };
  }

  #compileForward(
    place: Routed,
    route: ForwardRouteOptions,
    { settings, context }: { readonly settings: FrontSettings; readonly context: RoutesContext },
  ): CompiledRoute {
    const { settings: own, httpBase } = routeForwarding(settings, route);
    const limits = { ...upstreamLimits(own), maxConnections: context.limits.maxConnections };
    const group = new UpstreamGroup(own, context.deadlines, limits);
    this.#groups.push(group);
    const stripsPrefix = (route.stripPrefix ?? true) && place.prefix !== "";
    return { ...place, stripsPrefix, group, httpBase, upgrades: route.websocket ?? true };
  }
}
