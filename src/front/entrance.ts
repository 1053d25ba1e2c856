import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Admission } from "../net/admission.ts";
import type { Deadlines } from "../net/deadlines.ts";
import { ClientConnection, type ClientHost, type ServedRequest } from "./client-connection.ts";
import { TOO_MANY_CONNECTIONS } from "./descriptor-budget.ts";
import type { ErrorAnswers } from "./explain/error-answers.ts";
import type { HttpListeners } from "./http-server.ts";
import { ProxyGate } from "./identity/proxy-gate.ts";
import type { FrontSettings } from "./options.ts";
import type { RefusedBytes } from "./pipeline/stage.ts";
import type { ClientWish } from "./pipeline/visit.ts";
import type { ClientLimits } from "./rate/client-limits.ts";
import { loggedUri, logRefusal } from "./refusal-log.ts";
import { parseRequest } from "./request/parse-request.ts";
import { isRefusal, type Refusal } from "./request/refusal.ts";
import { lingerOnClose } from "./response/lingering-close.ts";
import { type ParserError, parserAnswer, type RawAnswer, rawAnswer } from "./response/raw-answer.ts";
import { headOf } from "./stages/validation.ts";
import { afterEarlierResponses } from "./upgrade/current-response.ts";
import { serveAsOrdinary } from "./upgrade/ordinary-request.ts";
import { ReleasedConnection } from "./upgrade/released-connection.ts";
import { UpgradeAttempt, type UpgradeHost } from "./upgrade/upgrade-attempt.ts";
import { upgradeOffer } from "./upgrade/upgrade-rules.ts";

/** Whom an entrance lets requests in to. */
export interface EntranceHost {
  readonly settings: FrontSettings;
  readonly errorAnswers: ErrorAnswers;
  readonly clients: Deadlines<ClientConnection>;
  readonly upgrades: UpgradeHost;
  readonly admission: Admission;
  readonly clientLimits: ClientLimits;
  /** Serve a request whose turn it is. */
  serve(request: IncomingMessage, response: ServerResponse, wish: ClientWish): ServedRequest;
  /** Something was answered that is no request. */
  refused(refused: RefusedBytes): void;
}

const NO_WISH: ClientWish = {};

/** Everything that can come from a client: requests in their order, those that wish for more, and what is no request at all. */
export class Entrance implements HttpListeners, ClientHost {
  readonly clients: Deadlines<ClientConnection>;
  readonly limits: ClientHost["limits"];
  /** Where connections say whose they are, if they have to. */
  readonly gate: ProxyGate | undefined;
  readonly #host: EntranceHost;

  constructor(host: EntranceHost) {
    const { clientSendTimeoutMs, keepAliveTimeoutMs, headersTimeoutMs } = host.settings;
    const { maxRequestsPerConnection: maxRequests } = host.settings;
    this.#host = host;
    this.clients = host.clients;
    this.gate = host.settings.proxyProtocol === "off" ? undefined : new ProxyGate(host.settings);
    this.limits = { clientSendTimeoutMs, idleTimeoutMs: keepAliveTimeoutMs + headersTimeoutMs, maxRequests };
  }

  readonly handler = (request: IncomingMessage, response: ServerResponse): void => {
    this.#enqueue(request, response, NO_WISH);
  };

  readonly upgrade = (request: IncomingMessage, _socket: Duplex, head: Buffer): void => {
    const { socket } = request;
    const released = this.#release(socket, head);
    afterEarlierResponses(socket, () => {
      const offer = upgradeOffer(headOf(request), this.#host.settings.upgrade);
      if (offer) this.#switch(request, offer, released);
      else serveAsOrdinary(request, released.take());
    });
  };

  readonly onRequest: HttpListeners["onRequest"] = this.handler;
  readonly onUpgrade: HttpListeners["onUpgrade"] = this.upgrade;

  readonly admit = (socket: Duplex, serve: () => void): void => {
    // One that an HTTP server reads for the second time was let in, and is counted.
    if (ClientConnection.isKnown(socket as Socket)) {
      serve();
      return;
    }
    const { admission, clients, upgrades } = this.#host;
    // Whoever has switched protocols holds a connection to a worker as well.
    const open = clients.size + upgrades.open.size + (this.gate?.waiting ?? 0);
    if (!admission.admits(socket as Socket, open)) return;
    if (this.gate) this.gate.enter(socket as Socket, () => this.#admitClient(socket as Socket, serve));
    else this.#admitClient(socket as Socket, serve);
  };

  readonly onConnection = (socket: Duplex): void => {
    ClientConnection.of(socket as Socket, this);
  };

  readonly onContinue = (request: IncomingMessage, response: ServerResponse): void => {
    this.#enqueue(request, response, { sendContinue: () => response.writeContinue() });
  };

  readonly onExpectation = (request: IncomingMessage, response: ServerResponse): void => {
    const refusal = { status: 417, reason: "the only expectation that is known is 100-continue" };
    this.#enqueue(request, response, { refusal });
  };

  readonly onConnect = (request: IncomingMessage, _socket: Duplex, head: Buffer): void => {
    const { socket } = request;
    const released = this.#release(socket, head);
    afterEarlierResponses(socket, () => {
      released.take();
      this.#refuseConnect(request);
    });
  };

  readonly onClientError = (error: ParserError, socket: Duplex): void => {
    const client = ClientConnection.of(socket as Socket, this);
    if (error.code === "HPE_CLOSED_CONNECTION") {
      // The client has said itself that nothing follows. What comes all the same may not cost it its answer.
      lingerOnClose(socket as Socket);
      return;
    }
    if (client.isOver) return;
    const answer = parserAnswer(error, this.#host.errorAnswers);
    // Who has said nothing at all, as browsers do on connections in reserve, would take an answer for that to its first request.
    const isUnused = (socket as Socket).bytesRead === 0;
    if (!answer || isUnused || !socket.writable) {
      socket.destroy();
      return;
    }
    if (client.refuseBody(answer)) return;
    this.#refused(socket as Socket, answer, {});
    client.refuse(answer.text);
  };

  serve(request: IncomingMessage, response: ServerResponse, wish: ClientWish): ServedRequest {
    return this.#host.serve(request, response, wish);
  }

  onStalled(request: IncomingMessage): void {
    const limitMs = this.limits.clientSendTimeoutMs;
    const fields = {
      code: "UWB_ERR_SEND_TIMEOUT",
      limitMs,
      method: request.method,
      uri: loggedUri(request.url, this.#host.settings.logQuery),
    };
    this.#host.settings.log.info(fields, "a client takes nothing of its response");
  }

  #refused(
    socket: Socket,
    answer: RawAnswer,
    { method, uri }: { readonly method?: string | undefined; readonly uri?: string | undefined },
  ): void {
    const { log, logQuery: keepsQuery } = this.#host.settings;
    logRefusal(log, { ...answer, method, uri, keepsQuery });
    const { id, status, text, bodyBytes } = answer;
    const bytes = text.length;
    this.#host.refused({ socket, id, status, bytes, bodyBytes, method: method ?? "", uri: uri ?? "" });
  }

  /** Now it is known whose connection it is. */
  #admitClient(socket: Socket, serve: () => void): void {
    const { admission, clientLimits } = this.#host;
    const onRefused = (): void => ClientConnection.of(socket, this).refuse(TOO_MANY_CONNECTIONS);
    if (clientLimits.admits(socket, onRefused)) serve();
    else admission.turnAway(socket);
  }

  /** The HTTP server no longer looks after this connection. */
  #release(socket: Socket, head: Buffer): ReleasedConnection {
    ClientConnection.of(socket, this).released();
    return new ReleasedConnection(socket, head);
  }

  #refuseConnect(request: IncomingMessage): void {
    const { socket, method, url: uri } = request;
    // A reset would end the process.
    socket.on("error", () => undefined);
    const parsed = parseRequest(headOf(request), this.#host.settings);
    const refusal: Refusal = isRefusal(parsed) ? parsed : { status: 405, reason: "CONNECT is for proxies" };
    const { accept } = request.headers;
    const { errorAnswers: answers } = this.#host;
    const options = { answers, method, uri, accept, headers: refusal.headers ?? [] };
    const answer = rawAnswer(refusal.status, refusal.reason, options);
    this.#refused(socket, answer, { method, uri });
    ClientConnection.of(socket, this).refuse(answer.text);
  }

  #switch(request: IncomingMessage, offer: readonly string[], released: ReleasedConnection): void {
    ClientConnection.of(request.socket, this).letGo();
    const upgrade = new UpgradeAttempt(request, { offer, released }, this.#host.upgrades);
    this.#host.serve(request, upgrade.response, { upgrade });
  }

  #enqueue(request: IncomingMessage, response: ServerResponse, wish: ClientWish): void {
    ClientConnection.of(request.socket, this).enqueue(request, response, wish);
  }
}
