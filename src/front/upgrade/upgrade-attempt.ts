import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { TakenConnection } from "../../client/exchange-handler.ts";
import type { ResponseHead } from "../../codec/response-head.ts";
import { lingerOnClose } from "../response/lingering-close.ts";
import type { OpenUpgrades, Upgraded } from "./open-upgrades.ts";
import { Tunnel, type TunnelContext } from "./tunnel.ts";
import { switchText } from "./upgrade-rules.ts";

/** A client that does not wait for the switch: this much of what it sends is kept, the rest waits in the socket. */
const MAX_EARLY_BYTES = 65_536;

/** What the attempts of a front share. */
export interface UpgradeHost extends Omit<TunnelContext, "onClosed"> {
  readonly open: OpenUpgrades;
}

/**
 * A client that asks to switch protocols, from its request to the worker's answer. The HTTP server has let go of the connection, so
 * that its duties are done here: a response of its own, the end of the connection, its errors.
 */
export class UpgradeAttempt implements Upgraded {
  readonly isTunnel = false;
  /** The protocols the worker may switch to. */
  readonly offer: readonly string[];
  /** For the answer of a worker that does not switch. The connection ends behind it. */
  readonly response: ServerResponse;
  readonly #socket: Socket;
  readonly #host: UpgradeHost;
  readonly #early: Buffer[];
  #earlyBytes: number;
  #hasSwitched = false;
  #hasClosed = false;

  constructor(
    request: IncomingMessage,
    { offer, head }: { readonly offer: readonly string[]; readonly head: Buffer },
    host: UpgradeHost,
  ) {
    const { socket } = request;
    this.offer = offer;
    this.#socket = socket;
    this.#host = host;
    this.#early = [head];
    this.#earlyBytes = head.length;
    this.response = new ServerResponse(request);
    this.response.shouldKeepAlive = false;
    this.response.assignSocket(socket);
    this.response.on("finish", () => this.#answered());
    // Node tells it when the client leaves.
    this.response.on("close", () => {
      this.#hasClosed = true;
    });
    host.open.add(this);
    socket.setTimeout(0);
    socket.on("drain", this.#onDrain);
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
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
    this.#letGo();
    const tunnel = new Tunnel(this.#socket, connection.socket, {
      ...this.#host,
      onClosed: (closed) => open.delete(closed),
    });
    open.add(tunnel);
    open.delete(this);
    tunnel.start(switchText(head), Buffer.concat(this.#early.splice(0)), connection);
    this.response.statusCode = 101;
    // There is no response any more that could close with its connection.
    this.#close();
  }

  cut(): void {
    this.#socket.destroy();
  }

  readonly #onDrain = (): void => {
    this.response.emit("drain");
  };

  readonly #onData = (chunk: Buffer): void => {
    this.#early.push(chunk);
    this.#earlyBytes += chunk.length;
    if (this.#earlyBytes >= MAX_EARLY_BYTES) this.#socket.pause();
  };

  /** As the HTTP server has it: whoever ends its side before the answer has left. */
  readonly #onEnd = (): void => {
    this.#socket.destroy();
  };

  #letGo(): void {
    this.response.detachSocket(this.#socket);
    this.#socket.off("drain", this.#onDrain);
    this.#socket.off("data", this.#onData);
    this.#socket.off("end", this.#onEnd);
    Reflect.set(this.#socket, "readableFlowing", null);
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
