import type { Socket } from "node:net";
import type { Upstream } from "../../client/upstream.ts";
import type { FailureKind } from "../balance/failure-kind.ts";
import { NOBODY, type ServerTable } from "../balance/server-table.ts";
import type { StickyCookie } from "../balance/sticky-cookie.ts";
import type { ParsedRequest } from "../request/parsed-request.ts";
import type { ClientFacts } from "../request/request-vars.ts";
import type { Turn } from "./turn.ts";
import type { UpstreamServer } from "./upstream-server.ts";

/** The request whose turn it is. */
export interface TurnRequest {
  readonly parsed: ParsedRequest;
  readonly client: ClientFacts;
}

/** Where the servers are chosen from. */
export interface TurnHost {
  readonly table: ServerTable<UpstreamServer>;
  readonly sticky: StickyCookie | undefined;
  /** Requests belong to servers. */
  readonly isBound: boolean;
  /** Milliseconds on a clock that never goes back. */
  readonly now: number;
}

/** The turn of one request among several servers. */
export class ServerTurn implements Turn {
  readonly #host: TurnHost;
  readonly #request: TurnRequest;
  /** The server the client was told to come back to. */
  readonly #wanted: string | undefined;
  #server: UpstreamServer;
  #tried: readonly UpstreamServer[] = NOBODY;
  #isOpen = false;
  #isProbe = false;

  /** @param first - Any of the servers, to stand for the one that is not chosen yet. */
  constructor(host: TurnHost, request: TurnRequest, first: UpstreamServer) {
    this.#host = host;
    this.#request = request;
    this.#wanted = host.sticky?.read(request.parsed.headerVars);
    this.#server = first;
  }

  get upstream(): Upstream {
    return this.#server.upstream;
  }

  get servers(): number {
    return this.#host.table.servers.length;
  }

  get untried(): number {
    return Math.max(0, this.servers - this.#tried.length - 1);
  }

  get isBound(): boolean {
    return this.#host.isBound;
  }

  get cookie(): string | undefined {
    const { sticky } = this.#host;
    if (!sticky || this.#server.id === this.#wanted) return undefined;
    return sticky.write(this.#server.id, this.#request.client.scheme);
  }

  next(): void {
    if (this.#isOpen) {
      this.#tried = this.untried === 0 ? NOBODY : [...this.#tried, this.#server];
      this.end();
    }
    this.#server = this.#choose() ?? this.#server;
    this.#server.open += 1;
    this.#isOpen = true;
    this.#isProbe = this.#server.probe();
  }

  answered(): void {
    this.#isProbe = false;
    this.#server.answered();
  }

  succeeded(): void {
    this.#isProbe = false;
    this.#server.succeeded();
  }

  failed(kind: FailureKind): void {
    this.#isProbe = false;
    this.#server.failed(kind);
  }

  hold(socket: Socket): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const server = this.#server;
    socket.once("close", () => {
      server.open -= 1;
    });
  }

  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#server.open -= 1;
    if (this.#isProbe) this.#server.unproven();
    this.#isProbe = false;
  }

  #choose(): UpstreamServer | undefined {
    const { table, now } = this.#host;
    const pinned = this.#wanted === undefined ? undefined : table.pinned(this.#wanted, this.#tried, now);
    return pinned ?? table.pick(this.#request, this.#tried, now);
  }
}
