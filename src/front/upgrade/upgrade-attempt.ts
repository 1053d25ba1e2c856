import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { TakenConnection } from "../../client/exchange-handler.ts";
import type { ResponseHead } from "../../codec/response-head.ts";
import { lingerOnClose } from "../response/lingering-close.ts";
import type { OpenUpgrades, Upgraded } from "./open-upgrades.ts";
import type { ReleasedConnection } from "./released-connection.ts";
import { Tunnel, type TunnelContext } from "./tunnel.ts";
import { switchText } from "./upgrade-rules.ts";

/** What the attempts of a front share. */
export interface UpgradeHost extends Omit<TunnelContext, "onClosed"> {
  readonly open: OpenUpgrades;
}

/** A client that asks to switch protocols, from its request to the worker's answer, with a response of its own. */
export class UpgradeAttempt implements Upgraded {
  readonly isTunnel = false;
  /** The protocols the worker may switch to. */
  readonly offer: readonly string[];
  /** For the answer of a worker that does not switch. The connection ends behind it. */
  readonly response: ServerResponse;
  readonly #socket: Socket;
  readonly #host: UpgradeHost;
  readonly #released: ReleasedConnection;
  #hasSwitched = false;
  #hasClosed = false;

  constructor(
    request: IncomingMessage,
    { offer, released }: { readonly offer: readonly string[]; readonly released: ReleasedConnection },
    host: UpgradeHost,
  ) {
    const { socket } = request;
    this.offer = offer;
    this.#socket = socket;
    this.#host = host;
    this.#released = released;
    this.response = new ServerResponse(request);
    this.response.shouldKeepAlive = false;
    this.response.assignSocket(socket);
    this.response.on("finish", () => this.#answered());
    // Node tells it when the client leaves.
    this.response.on("close", () => {
      this.#hasClosed = true;
    });
    host.open.add(this);
    socket.on("error", () => undefined);
    socket.on("close", () => host.open.delete(this));
  }

  /** It is a tunnel now. */
  get hasSwitched(): boolean {
    return this.#hasSwitched;
  }

  /** The worker has switched: from here on the two talk to each other. */
  accept(head: ResponseHead, connection: TakenConnection): void {
    const { open } = this.#host;
    this.#hasSwitched = true;
    const early = this.#letGo();
    const tunnel = new Tunnel(this.#socket, connection.socket, {
      ...this.#host,
      onClosed: (closed) => open.delete(closed),
    });
    open.add(tunnel);
    open.delete(this);
    tunnel.start(switchText(head), early, connection);
    this.response.statusCode = 101;
    // There is no response any more that could close with its connection.
    this.#close();
  }

  cut(): void {
    this.#socket.destroy();
  }

  #letGo(): Buffer {
    this.response.detachSocket(this.#socket);
    return this.#released.take();
  }

  /** An ordinary response was handed over. */
  #answered(): void {
    this.#letGo();
    lingerOnClose(this.#socket);
    this.#socket.destroySoon();
    this.#close();
  }

  /** Whoever counts responses counts each once. */
  #close(): void {
    if (!this.#hasClosed) this.response.emit("close");
  }
}
