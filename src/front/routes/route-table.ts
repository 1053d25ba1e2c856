import { byLength, longestPrefix, type Prefixed } from "../static/url-prefix.ts";
import { canonicalHost } from "./host-pattern.ts";

/** Something that answers requests for a host, below a prefix. */
export interface Routed extends Prefixed {
  /** As `parseHostPattern` returns it: empty for every host. */
  readonly host: string;
}

/**
 * Which route a request takes: the host decides first, then the longest prefix.
 *
 * A host that is named goes before a wildcard, a longer wildcard before a shorter one, and routes for every host come last. Where a host has no
 * route for the path, the less specific ones are asked.
 */
export class RouteTable<T extends Routed> {
  readonly #everywhere: readonly T[];
  readonly #exact: ReadonlyMap<string, readonly T[]>;
  /** By what follows the star: `.example.com`. */
  readonly #wildcards: ReadonlyMap<string, readonly T[]>;

  constructor(routes: readonly T[]) {
    this.#everywhere = byLength(routes.filter(({ host }) => host === ""));
    this.#exact = byHost(routes.filter(({ host }) => host !== "" && !host.startsWith("*")));
    this.#wildcards = byHost(
      routes.filter(({ host }) => host.startsWith("*")),
      1,
    );
  }

  /**
   * @param host - Without its port; `undefined`: the request names none.
   * @param path - Percent-decoded once, a character per byte.
   * @returns Without a route: 404; 421 where this host has none at all and others have.
   */
  find(host: string | undefined, path: string): T | 404 | 421 {
    const hasHosts = this.#exact.size + this.#wildcards.size > 0;
    if (!hasHosts) return longestPrefix(this.#everywhere, path) ?? 404;
    const name = host === undefined ? "" : canonicalHost(host);
    const exact = this.#exact.get(name);
    const found = (exact && longestPrefix(exact, path)) ?? this.#wildcard(name, path);
    if (found) return found;
    const isKnown = exact !== undefined || this.#isBelowWildcard(name);
    return longestPrefix(this.#everywhere, path) ?? (isKnown ? 404 : 421);
  }

  #wildcard(name: string, path: string): T | undefined {
    if (this.#wildcards.size === 0) return undefined;
    for (let dot = name.indexOf("."); dot !== -1; dot = name.indexOf(".", dot + 1)) {
      const routes = this.#wildcards.get(name.slice(dot));
      const found = routes && longestPrefix(routes, path);
      if (found) return found;
    }
    return undefined;
  }

  #isBelowWildcard(name: string): boolean {
    return [...this.#wildcards.keys()].some((suffix) => name.length > suffix.length && name.endsWith(suffix));
  }
}

function byHost<T extends Routed>(routes: readonly T[], skipped = 0): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, readonly T[]>();
  for (const route of routes) {
    const key = route.host.slice(skipped);
    groups.set(key, byLength([...(groups.get(key) ?? []), route]));
  }
  return groups;
}
