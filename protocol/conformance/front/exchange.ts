import type { Script } from "./script.ts";
import { GOOD } from "./script.ts";

/** What a client and a worker do in one case. */
export interface Exchange {
  /** What the client sends, as a template. Between parts it waits for an answer, at most {@link pauseMs}. */
  readonly send: string | readonly string[];
  /** @defaultValue 300 */
  readonly pauseMs?: number;
  /** Methods of the requests in {@link send}, one per answer that is due. @defaultValue the first word of `send` */
  readonly methods?: readonly string[];
  /** What the worker does with the request of `{T}`. @defaultValue it answers 200 with the token */
  readonly script?: Script;
  /** With that of `{S}`. @defaultValue the same good answer */
  readonly scriptOfS?: Script;
  /** The client stops sending when an answer begins, as browsers do. @defaultValue false */
  readonly stopsAtAnswer?: boolean;
  /** The client leaves: it closes its sending side behind its last byte, or resets once the worker has the packet. */
  readonly leaves?: "fin" | "reset";
}

/** The parts of what the client sends. */
export function partsOf({ send }: Exchange): readonly string[] {
  return typeof send === "string" ? [send] : send;
}

export function methodsOf(exchange: Exchange): readonly string[] {
  return exchange.methods ?? [/^\s*(\S+)/.exec(partsOf(exchange).join(""))?.[1] ?? "GET"];
}

export function scriptOf({ script = GOOD }: Exchange): Script {
  return script;
}
