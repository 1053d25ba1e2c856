import type { Upstream } from "../../client/upstream.ts";
import type { FailureKind } from "../balance/failure-kind.ts";
import type { Turn } from "./turn.ts";
import type { UpstreamServer } from "./upstream-server.ts";

/** The turn of every request where there is one server: nothing to choose, nothing to remember. It is tried also when it is down. */
export class SoleTurn implements Turn {
  readonly upstream: Upstream;
  readonly servers = 1;
  readonly untried = 0;
  readonly isBound = true;
  readonly cookie: undefined = undefined;
  readonly #server: UpstreamServer;

  constructor(server: UpstreamServer) {
    this.upstream = server.upstream;
    this.#server = server;
  }

  next(): void {
    if (!this.#server.isUp) this.#server.probe();
  }

  answered(): void {
    this.#server.answered();
  }

  succeeded(): void {
    this.#server.succeeded();
  }

  failed(kind: FailureKind): void {
    this.#server.failed(kind);
  }

  hold(): void {}

  end(): void {}
}
