import type { Socket } from "node:net";
import type { Upstream } from "../../client/upstream.ts";
import type { FailureKind } from "../balance/failure-kind.ts";

/** The servers that one request is sent to, one after the other, and what each of them made of it. */
export interface Turn {
  /** Where to send it now. Before {@link next} any of them, to get ready for. */
  readonly upstream: Upstream;
  /** Servers there are. */
  readonly servers: number;
  /** Servers that it was not sent to yet. */
  readonly untried: number;
  /** The request belongs to that server: another one is a makeshift. */
  readonly isBound: boolean;
  /** The value of Set-Cookie that tells the client where it was. */
  readonly cookie: string | undefined;
  /** Choose a server, and another one each time; one of the first again, when there is no other. */
  next(): void;
  /** The server begins to answer. */
  answered(): void;
  /** The answer is whole. */
  succeeded(): void;
  failed(kind: FailureKind): void;
  /** The connection goes on without the request: the server is busy until it closes. */
  hold(socket: Socket): void;
  /** The server is done with the request, or was not asked. May be called again. */
  end(): void;
}
