import { serverId } from "../balance/server-id.ts";
import { isHttpTarget, parseHttpAddress } from "../http-target/http-address.ts";
import type { FrontSettings } from "../options.ts";
import type { ForwardRouteOptions, RouteOptions } from "./route-options.ts";

/** How requests of a route are passed on. */
export interface RouteForwarding {
  /** Those of the front, with what is different here. */
  readonly settings: FrontSettings;
  /** The servers speak HTTP; the path in front of every other one. */
  readonly httpBase: string | undefined;
}

/** What a route has in place of the options of the front. */
export function routeForwarding(front: FrontSettings, route: ForwardRouteOptions): RouteForwarding {
  const { host = "*", path = "/", to, stripPrefix: _strip, websocket: _websocket, params, ...limits } = route;
  const targets = typeof to === "string" ? [to] : to;
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  // Clients send the cookie everywhere: each route needs one of its own, or they overwrite each other's.
  const stickyCookie = `${front.stickyCookie}_${serverId(host + path)}`;
  const settings: FrontSettings = { ...front, ...Object.fromEntries(given), to: targets, stickyCookie };
  const [first = ""] = targets;
  if (!isHttpTarget(first))
    return { settings: { ...settings, params: { ...front.params, ...params } }, httpBase: undefined };
  const addresses = targets.map((target) => parseHttpAddress(target, "routes"));
  return {
    settings: {
      ...settings,
      to: addresses.map(({ address, options }) => address + options),
      // What asks how a server is would speak uwsgi to it.
      healthUri: "",
      modifier1: 0,
      modifier2: 0,
      params: {},
      // Which files are ours to send is for our own applications to say, not for whoever is behind a proxy.
      accelRoots: {},
      sendfileRoots: [],
    },
    httpBase: addresses[0]?.base,
  };
}

/** The settings under which requests are passed on: those of the front, and those of each route. */
export function allSettings(front: FrontSettings): readonly FrontSettings[] {
  return [front, ...front.routes.filter(isForward).map((route) => routeForwarding(front, route).settings)];
}

/** The largest body that any route takes, in bytes; 0: no limit. Which one a request takes is known later than the length of its body. */
export function largestBody(front: FrontSettings): number {
  const limits = allSettings(front).map(({ maxBodyBytes }) => maxBodyBytes);
  return limits.includes(0) ? 0 : Math.max(...limits);
}

/** Whether a route leads to servers. */
export function isForward(route: RouteOptions): route is ForwardRouteOptions {
  return "to" in route;
}
