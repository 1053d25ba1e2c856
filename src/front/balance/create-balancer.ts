import { addressKey } from "./address-key.ts";
import type { Balancer } from "./balanced.ts";
import { KeyBalancer } from "./key-balancer.ts";
import { LeastConnections } from "./least-connections.ts";
import { RandomTwo } from "./random-two.ts";
import { RoundRobin } from "./round-robin.ts";

/** How a server is chosen for a request. */
export const BALANCING = [
  "round-robin",
  "least-conn",
  "ip-hash",
  "uri-hash",
  "random-two",
  "sticky",
] as const;

export type Balancing = (typeof BALANCING)[number];

/** @param random - A number from 0 to 1, 1 excluded. */
export function createBalancer(balancing: Balancing, random: () => number): Balancer {
  switch (balancing) {
    case "round-robin":
      return new RoundRobin();
    case "ip-hash":
      return new KeyBalancer(({ client }) => addressKey(client.remoteAddress));
    case "uri-hash":
      return new KeyBalancer(({ parsed }) => parsed.pathInfo);
    case "random-two":
      return new RandomTwo(random);
    // For clients without a cookie, or whose server is down.
    case "sticky":
    case "least-conn":
      return new LeastConnections();
  }
}

/** Whether a request belongs to a certain server, as long as that is usable. */
export function bindsRequests(balancing: Balancing): boolean {
  return balancing === "ip-hash" || balancing === "uri-hash" || balancing === "sticky";
}
