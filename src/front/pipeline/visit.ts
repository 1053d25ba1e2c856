import type { IncomingMessage, ServerResponse } from "node:http";
import type { ExchangeProgress } from "../../client/exchange-progress.ts";
import type { HeaderPair } from "../../codec/response-head.ts";
import type { Vars } from "../../codec/vars.ts";
import type { Logger } from "../../log.ts";
import type { Target } from "../../net/endpoint.ts";
import { ErrorAnswers } from "../explain/error-answers.ts";
import type { Failure } from "../explain/failure.ts";
import type { LimitTicket } from "../rate/limiter.ts";
import { logRefusal } from "../refusal-log.ts";
import { clientFacts } from "../request/client-facts.ts";
import type { ParsedRequest } from "../request/parsed-request.ts";
import type { Refusal } from "../request/refusal.ts";
import { nextRequestId } from "../request/request-id.ts";
import type { ClientFacts } from "../request/request-vars.ts";
import { ClientResponse } from "../response/client-response.ts";
import { lingerOnClose } from "../response/lingering-close.ts";
import type { UpgradeAttempt } from "../upgrade/upgrade-attempt.ts";
import type { Route } from "./route.ts";
import type { Stage } from "./stage.ts";

/** What a client asks for besides an answer. */
export interface ClientWish {
  /** The client waits for `100 Continue` before it sends its body. */
  readonly sendContinue?: () => void;
  /** The client asks to switch protocols. */
  readonly upgrade?: UpgradeAttempt;
  /** The client asks for something that is not served. */
  readonly refusal?: Refusal;
}

/** Whom a request visits. */
export interface VisitHost {
  readonly settings: { readonly log: Logger; readonly logQuery?: boolean };
  /** @defaultValue codes and request ids, and nothing else */
  readonly errorAnswers?: ErrorAnswers;
  /** The way of every request, in this order. */
  readonly stages: readonly Stage[];
  /** Where a request goes that no stage sends elsewhere. */
  readonly defaultRoute: Route;
  readonly isDraining: boolean;
  /** The last stage has been left. */
  onOver(): void;
}

const PLAIN = new ErrorAnswers();

/** Work that is done for one request, elsewhere. */
export interface Carrier {
  /** Nobody waits for it any more. */
  cancel(): void;
  /** The server that was asked last. @defaultValue none was */
  readonly use?: UpstreamUse | undefined;
}

/** What a {@link Carrier} did with a server. */
export interface UpstreamUse {
  readonly target: Target;
  readonly vars: Vars;
  readonly progress: ExchangeProgress;
  /** Exchanges that were begun. */
  readonly attempts: number;
}

/** One request on its way through the stages of a front, until its response is over. */
export class Visit {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  /** The same response, for everything but a file. */
  readonly answer: ClientResponse;
  readonly wish: ClientWish;
  client: ClientFacts;
  route: Route;
  /** What the stage `rate` counts. Here, as a map of all requests would keep each alive until a full collection. */
  ticket: LimitTicket | undefined;
  /** Who works for this request. Told when the client leaves before the end. */
  carrier: Carrier | undefined;
  /** Why it could not be answered as it should. */
  failure: Failure | undefined;
  /** When it came, on the clock of `performance.now()`. */
  readonly startedMs: number = performance.now();
  /** Bytes sent on its connection before it, when somebody wants to know. */
  bytesBefore = 0;
  /** Of the trace that it is part of, when that was begun here. */
  traceId: string | undefined;
  readonly #host: VisitHost;
  #parsed: ParsedRequest | undefined;
  #id: string | undefined;
  #entered = 0;
  #isOver = false;

  constructor(host: VisitHost, incoming: IncomingMessage, response: ServerResponse, wish: ClientWish) {
    this.#host = host;
    this.incoming = incoming;
    this.response = response;
    this.wish = wish;
    this.client = clientFacts(incoming.socket);
    this.route = host.defaultRoute;
    this.answer = new ClientResponse(incoming, response, this);
    response.on("close", () => this.#leave());
  }

  /** What the client is told to ask about, and what the log calls it. */
  get id(): string {
    this.#id ??= nextRequestId();
    return this.#id;
  }

  set id(id: string) {
    this.#id = id;
  }

  /** Known from the stage `validation` on. */
  get parsed(): ParsedRequest {
    if (!this.#parsed) throw new Error("a request is used before it was found valid");
    return this.#parsed;
  }

  set parsed(parsed: ParsedRequest) {
    this.#parsed = parsed;
  }

  /** Go on with the next stage. */
  pass(): void {
    const { stages } = this.#host;
    while (!this.#isOver && !this.response.destroyed) {
      const stage = stages[this.#entered];
      if (!stage) return;
      this.#entered += 1;
      if (!stage.enter(this)) return;
    }
  }

  /** Answer it with the reason why it is not served. */
  refuse({ status, reason, headers, code = "UWB_ERR_REQUEST_INVALID", isLogged = true }: Refusal): void {
    const { id, incoming } = this;
    const { method, url: uri } = incoming;
    const { log, logQuery: keepsQuery } = this.#host.settings;
    if (isLogged) logRefusal(log, { id, status, reason, method, uri, keepsQuery });
    this.fail({ code, status, reason, phase: "request" }, headers);
  }

  /** What the client sends as the body is none: nothing is done any more for a request that has no answer yet. */
  refuseBody({ status, reason }: Refusal): void {
    if (this.answer.isOver) return;
    this.carrier?.cancel();
    this.refuse({ status, reason });
  }

  /**
   * Answer it with what went wrong, which has been logged. A response that has begun is broken off.
   *
   * @param headers - Of this answer alone. @defaultValue none
   */
  fail(failure: Failure, headers: readonly HeaderPair[] = []): void {
    if (failure.status >= 400) this.failure = failure;
    if (this.answer.isStarted) {
      this.answer.abort();
      return;
    }
    const { id, incoming } = this;
    const { method, url: uri } = incoming;
    const request = { id, method, uri, accept: incoming.headers?.accept };
    this.answer.answer((this.#host.errorAnswers ?? PLAIN).answerTo(failure, request, headers));
  }

  /** The client, or the front, gives the response up. */
  breakOff(): void {
    this.answer.breakOff();
  }

  /** Whether the connection may not be kept for another request. */
  mustClose(): boolean {
    const { upgrade, refusal } = this.wish;
    // What follows something that can be read in two ways may be part of it.
    const isDoubtful = this.#parsed === undefined || refusal !== undefined;
    // Without a body there is nothing left to read, although node:http calls it complete a moment later only.
    const isUnread = !this.incoming.complete && (this.#parsed?.bodyLength ?? 0) !== 0;
    if (isDoubtful || isUnread) lingerOnClose(this.incoming.socket);
    return this.#host.isDraining || isDoubtful || isUnread || upgrade !== undefined;
  }

  #leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.response.writableFinished) this.carrier?.cancel();
    const { stages } = this.#host;
    for (let index = this.#entered - 1; index >= 0; index -= 1) stages[index]?.leave?.(this);
    this.#host.onOver();
  }
}
