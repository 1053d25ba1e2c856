import { resolve } from "node:path";
import { type RequestedPath, requestedPath } from "./requested-path.ts";
import type { StaticOptions } from "./static-options.ts";
import type { StaticRoot } from "./static-root.ts";
import { byLength, longestPrefix, type Prefixed, parsePrefix } from "./url-prefix.ts";

/** A file that is looked for. */
export interface StaticPlace {
  /** The same key, the same file. */
  readonly key: string;
  /** Where to look, one after the other. */
  readonly roots: readonly StaticRoot[];
  readonly requested: RequestedPath;
  /** URL prefix of the roots, a character per byte. */
  readonly prefix: string;
  readonly isFallback: boolean;
}

/** What is done with a request, as far as its method and path tell. */
export interface StaticRoute {
  /** What to look for, one after the other. */
  readonly places: readonly StaticPlace[];
  /** What happens when nothing is found. */
  readonly otherwise: "pass" | 404;
}

/** Something on the disk under a prefix. */
interface StaticMap extends Prefixed {
  readonly root: StaticRoot;
}

const WHOLE: RequestedPath = { segments: [], hasSlash: false };

/** Which requests are for static files. It decides by the path alone; the disk is not asked. */
export class StaticRoutes {
  readonly #maps: readonly StaticMap[];
  readonly #fallbacks: readonly StaticMap[];
  readonly #checked: readonly StaticRoot[];
  readonly #isEmpty: boolean;
  readonly #unmapped: "pass" | 404;

  /** @param hasServers - Whether there is anybody to pass requests on to. */
  constructor(settings: Required<StaticOptions>, hasServers: boolean) {
    const safe = settings.staticSafe.map((path) => resolve(path));
    const rootOf = (path: string): StaticRoot => ({ path: resolve(path), safe });
    const mapsOf = (option: "staticMaps" | "staticFallbacks"): readonly StaticMap[] =>
      byLength(
        Object.entries(settings[option]).map(([prefix, path]) => ({
          prefix: parsePrefix(prefix, option),
          root: rootOf(path),
        })),
      );
    this.#maps = mapsOf("staticMaps");
    this.#fallbacks = mapsOf("staticFallbacks");
    this.#checked = settings.checkStatic.map(rootOf);
    this.#isEmpty = this.#maps.length + this.#fallbacks.length + this.#checked.length === 0;
    this.#unmapped = hasServers ? "pass" : 404;
  }

  /** Everything on the disk that requests may be answered from. */
  get roots(): readonly StaticRoot[] {
    return [...[...this.#maps, ...this.#fallbacks].map(({ root }) => root), ...this.#checked];
  }

  /**
   * @param path - Percent-decoded once, a character per byte.
   * @param routePrefix - Of the route that the request takes otherwise: a longer one goes before what is static. @defaultValue none
   * @returns `"pass"`: not ours; a status to answer with at once; or where to look.
   */
  route(method: string, path: string, routePrefix = ""): StaticRoute | "pass" | 404 | 405 {
    if (this.#isEmpty) return this.#unmapped;
    const isRead = method === "GET" || method === "HEAD";
    const map = notBelow(routePrefix, longestPrefix(this.#maps, path));
    if (map && !isRead) return 405;
    if (!isRead) return this.#unmapped;
    const otherwise = map ? 404 : this.#unmapped;
    const prefix = map?.prefix ?? "";
    const requested = requestedPath(path.slice(prefix.length), prefix === "");
    if (requested === undefined) return otherwise;
    const places: StaticPlace[] = [];
    const roots = map ? [map.root] : routePrefix === "" ? this.#checked : [];
    if (roots.length > 0) places.push({ key: path, roots, requested, prefix, isFallback: false });
    const fallback = notBelow(routePrefix, longestPrefix(this.#fallbacks, path));
    if (fallback && mayFallBack(requested)) places.push(placeOf(fallback));
    return places.length === 0 ? otherwise : { places, otherwise };
  }
}

function placeOf({ prefix, root }: StaticMap): StaticPlace {
  // No path has a NUL.
  return { key: `\0${prefix}`, roots: [root], requested: WHOLE, prefix, isFallback: true };
}

/** Both are prefixes of the same path: the longer one is the more specific. */
function notBelow(routePrefix: string, map: StaticMap | undefined): StaticMap | undefined {
  return map && map.prefix.length >= routePrefix.length ? map : undefined;
}

/** A dot in the last part of a path is the mark of a file: an HTML page in place of a missing script breaks more than a 404. */
function mayFallBack({ segments }: RequestedPath): boolean {
  return !segments.at(-1)?.includes(".");
}
