import type { Socket } from "node:net";
import type { Logger } from "../../log.ts";
import { AddressRules, UNIX_CLIENT } from "../../net/address-rules.ts";
import { type Deadlined, Deadlines } from "../../net/deadlines.ts";
import { RepeatedWarning } from "../../net/repeated-warning.ts";
import { clientFacts, setClientFacts } from "../request/client-facts.ts";
import type { ClientFacts } from "../request/request-vars.ts";
import type { IdentityOptions } from "./identity-options.ts";
import type { ProxyHeader } from "./proxy-header.ts";
import { ProxyHeaderDecoder } from "./proxy-header-decoder.ts";

type GateSettings = Required<IdentityOptions> & { readonly log: Logger };

/** Takes the PROXY header off every connection before anybody else reads it. Who has none, or may not say it, is turned away. */
export class ProxyGate {
  readonly #settings: GateSettings;
  readonly #rules: AddressRules;
  readonly #waiting: Deadlines<WaitingSocket>;
  readonly #warning: RepeatedWarning;

  constructor(settings: GateSettings) {
    this.#settings = settings;
    this.#rules = new AddressRules({ allow: settings.trustedProxies, others: "deny" });
    this.#waiting = new Deadlines(settings.proxyProtocolTimeoutMs);
    this.#warning = new RepeatedWarning(
      settings.log,
      "connections are closed: their PROXY header is not right",
    );
  }

  /** Connections whose header has not come yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** @param serve - Called when the header has been read. What follows it can then be read from the socket. */
  enter(socket: Socket, serve: () => void): void {
    const peer = clientFacts(socket);
    if (!this.#rules.allows(peer.isUnix ? UNIX_CLIENT : peer.remoteAddress)) {
      this.#turnAway(socket, "the peer is none of the trusted proxies");
      return;
    }
    const { proxyProtocolTimeoutMs } = this.#settings;
    const deadline = this.#waiting.now + proxyProtocolTimeoutMs;
    const waiting = new WaitingSocket(socket, this.#decoder(), deadline, (outcome) => {
      this.#waiting.forget(waiting);
      if (typeof outcome === "string") {
        this.#turnAway(socket, outcome);
        return;
      }
      setClientFacts(socket, factsOf(outcome, peer));
      serve();
    });
    this.#waiting.watch(waiting);
  }

  /** Close the connections that still wait. */
  cut(): void {
    for (const waiting of this.#waiting.snapshot()) waiting.cut();
  }

  close(): void {
    this.cut();
    this.#waiting.stop();
    this.#warning.close();
  }

  #decoder(): ProxyHeaderDecoder {
    const { proxyProtocol } = this.#settings;
    return new ProxyHeaderDecoder(proxyProtocol === "off" ? "auto" : proxyProtocol);
  }

  #turnAway(socket: Socket, reason: string): void {
    const peer = clientFacts(socket).remoteAddress;
    if (reason !== "") this.#warning.occurred({ code: "UWB_ERR_PROXY_PROTOCOL", peer, reason });
    socket.on("error", () => undefined);
    socket.destroy();
  }
}

/** Receives the header, or the reason why there is none: empty when the peer left without a word. */
type Settle = (outcome: ProxyHeader | string) => void;

class WaitingSocket implements Deadlined {
  readonly deadline: number;
  slot = -1;
  readonly #socket: Socket;
  readonly #decoder: ProxyHeaderDecoder;
  readonly #settle: Settle;

  constructor(socket: Socket, decoder: ProxyHeaderDecoder, deadline: number, settle: Settle) {
    this.#socket = socket;
    this.#decoder = decoder;
    this.deadline = deadline;
    this.#settle = settle;
    socket.on("readable", this.#read);
    for (const event of ["end", "close", "error"] as const) socket.on(event, this.#left);
  }

  onDeadline(): void {
    this.#finish("it did not come in time");
  }

  cut(): void {
    this.#finish("");
  }

  readonly #read = (): void => {
    try {
      for (;;) {
        const bytes = this.#socket.read() as Buffer | null;
        if (!bytes) return;
        const header = this.#decoder.push(bytes);
        if (!header) continue;
        this.#finish(header);
        return;
      }
    } catch (error) {
      this.#finish(error instanceof Error ? error.message : String(error));
    }
  };

  /** Load balancers look whether anybody is there, and go again. */
  readonly #left = (): void => {
    this.#finish(this.#decoder.isEmpty ? "" : "the peer left inside the PROXY header");
  };

  #finish(outcome: ProxyHeader | string): void {
    this.#socket.off("readable", this.#read);
    for (const event of ["end", "close", "error"] as const) this.#socket.off(event, this.#left);
    if (typeof outcome !== "string") {
      const rest = this.#decoder.takeRemainder();
      if (rest.length > 0) this.#socket.unshift(rest);
    }
    this.#settle(outcome);
  }
}

function factsOf(header: ProxyHeader, peer: ClientFacts): ClientFacts {
  const scheme = header.isTls ? "https" : peer.scheme;
  if (header.type === "own") return { ...peer, scheme };
  if (header.type === "unix") return { ...peer, remoteAddress: "", remotePort: "", scheme, isUnix: true };
  const { sourceAddress, sourcePort, destinationPort } = header;
  return { remoteAddress: sourceAddress, remotePort: sourcePort, localPort: destinationPort, scheme };
}
