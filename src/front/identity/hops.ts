import { addressField, type Claims } from "./claims.ts";
import { parseForwarded } from "./forwarded-field.ts";
import type { RealIpHeader } from "./identity-options.ts";
import { type NodeName, parseNodeName } from "./node-name.ts";

/** One connection on the way here, as the proxy at its end tells of it. */
export interface Hop {
  /** Who made it, as it is written there. Read when it matters: a client may write thousands. */
  readonly name: string;
  readonly proto?: string | undefined;
  readonly host?: string | undefined;
}

/** What proxies say about the way of a request. */
export interface Hops {
  /** The nearest last. */
  readonly hops: readonly Hop[];
  /** The proxies say scheme and host together with the address, and what the other fields say is not for us. */
  readonly isForwarded: boolean;
}

/** Read the field that names the client. */
export function readHops(claims: Claims, wish: RealIpHeader): Hops {
  const field = addressField(claims, wish);
  if (field === "forwarded") return { hops: claims.forwarded.flatMap(forwardedHops), isForwarded: true };
  const hops = listOf(claims[field]).map((name) => ({ name }));
  return { hops, isForwarded: false };
}

/** The members of a list that may be spread over several field lines; empty ones do not count. */
export function listOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) =>
    line
      .split(",")
      .map((text) => text.trim())
      .filter((text) => text !== ""),
  );
}

/** A line that can not be read stands for somebody who can not be believed: it hides what stands before it, not what stands behind. */
function forwardedHops(line: string): Hop[] {
  const elements = parseForwarded(line);
  if (!elements) return [{ name: "" }];
  return elements.map((element) => ({
    name: element.for ?? "unknown",
    proto: element.proto,
    host: element.host,
  }));
}

/** Where the way of a request begins, as far as it can be believed. */
export interface Beginning {
  /** Which of the hops is the client's own; -1: there is none. */
  readonly index: number;
  /** The client, or the proxy that did not say who is; `undefined`: the peer. */
  readonly client: Extract<NodeName, { type: "address" }> | undefined;
  /** The addresses that are vouched for, the client first. */
  readonly chain: readonly string[];
  /** It ends at something that is no name. */
  readonly isMalformed: boolean;
}

/**
 * Follow the hops from the nearest, which a trusted proxy wrote, to the first that none did: whoever it names wrote everything in front of it. What names
 * nobody ends the way too.
 */
export function beginningOf(hops: readonly Hop[], isTrusted: (address: string) => boolean): Beginning {
  const chain: string[] = [];
  let client: Beginning["client"];
  let index = hops.length;
  let node: NodeName | undefined;
  do {
    index -= 1;
    node = parseNodeName(hops[index]?.name ?? "unknown");
    if (node?.type !== "address") break;
    client = node;
    chain.push(node.address);
  } while (index > 0 && isTrusted(node.address));
  return { index, client, chain: chain.reverse(), isMalformed: node === undefined };
}
