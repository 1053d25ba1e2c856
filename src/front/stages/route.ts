import { climbs } from "../dot-segments.ts";
import type { Route } from "../pipeline/route.ts";
import type { Stage } from "../pipeline/stage.ts";
import type { Visit } from "../pipeline/visit.ts";
import type { ParsedRequest } from "../request/parsed-request.ts";
import type { Refusal } from "../request/refusal.ts";
import type { Routes } from "../routes/routes.ts";

const ABOVE: Refusal = { status: 400, reason: "the path leads above its route" };

/** Finds out where a request goes, and takes the prefix of its route off the path. */
export class RouteStage implements Stage {
  readonly name = "route";
  readonly #routes: Routes;

  constructor(routes: Routes) {
    this.#routes = routes;
  }

  enter(visit: Visit): boolean {
    const { parsed } = visit;
    const route = this.#routes.find(parsed);
    if ("status" in route) return refuse(visit, route);
    visit.route = route;
    const excess = tooLarge(parsed, route);
    if (excess) return refuse(visit, excess);
    if (!route.stripsPrefix) return true;
    const pathInfo = parsed.pathInfo.slice(route.prefix.length);
    if (climbs(pathInfo)) return refuse(visit, ABOVE);
    visit.parsed = { ...parsed, scriptName: route.prefix, pathInfo };
    return true;
  }

  close(): void {
    this.#routes.close();
  }
}

function refuse(visit: Visit, refusal: Refusal): false {
  visit.refuse(refusal);
  return false;
}

/** Bodies whose length is not known yet are counted while they are read. */
function tooLarge({ bodyLength }: ParsedRequest, { group }: Route): Refusal | undefined {
  const { maxBodyBytes: limit } = group.settings;
  if (typeof bodyLength !== "number" || limit === 0 || bodyLength <= limit) return undefined;
  return { status: 413, reason: `the request body has ${bodyLength} bytes, the limit is ${limit}` };
}
