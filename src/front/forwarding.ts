import { Exchange } from "../client/exchange.ts";
import type { ExchangeHandler } from "../client/exchange-handler.ts";
import type { Upstream } from "../client/upstream.ts";
import { isEventStream } from "../codec/event-stream.ts";
import type { ResponseFraming } from "../codec/response-framing.ts";
import type { ResponseHead } from "../codec/response-head.ts";
import { ProtocolError, type UwsgiBridgeError } from "../errors.ts";
import { withCookie } from "./balance/sticky-cookie.ts";
import { BodyReader } from "./body/body-reader.ts";
import type { Spool } from "./body/spool.ts";
import { StreamedBody } from "./body/streamed-body.ts";
import type { Failure } from "./explain/failure.ts";
import { failureOf } from "./explain/failure-of.ts";
import { logFailure } from "./failure-log.ts";
import type { ForwardingHost } from "./forwarding-host.ts";
import { offloadFile } from "./offload/file-offload.ts";
import { forbiddenFile } from "./offload/offload-failure.ts";
import { offloadWish } from "./offload/offload-path.ts";
import type { UpstreamUse, Visit } from "./pipeline/visit.ts";
import { loggedUri } from "./refusal-log.ts";
import type { FittedVars } from "./request/fitted-vars.ts";
import type { ParsedRequest } from "./request/parsed-request.ts";
import { needsFreshConnection, requestHead, upgradeOf, varsFor } from "./request/request-head.ts";
import type { ClientResponse } from "./response/client-response.ts";
import { earlyHintsText } from "./response/early-hints.ts";
import { wrongSwitch } from "./upgrade/upgrade-rules.ts";
import { Retries } from "./upstreams/retries.ts";
import type { Turn } from "./upstreams/turn.ts";

const NO_VARS: FittedVars = { vars: [], wasOffered: false, error: undefined };
/** Most bytes that are read of a body which is not sent. */
const MAX_DROPPED_BYTES = 1024 * 1024;

/** Carries one request to a uwsgi server and its response back. */
export class Forwarding implements ExchangeHandler {
  readonly #host: ForwardingHost;
  readonly #visit: Visit;
  readonly #response: ClientResponse;
  readonly #turn: Turn;
  #fitted: FittedVars = NO_VARS;
  #reader: BodyReader | undefined;
  #spool: Spool | undefined;
  #exchange: Exchange | undefined;
  #isOffloaded = false;
  #dropped = 0;
  #body: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /** From the first failure on. */
  #retries: Retries | undefined;
  /** The answer has a status that counts as a failure of the server. */
  #isBlamed = false;
  /** Exchanges that were begun. */
  #attempts = 0;

  constructor(visit: Visit, turn: Turn) {
    this.#host = visit.route.group;
    this.#visit = visit;
    this.#response = visit.answer;
    this.#turn = turn;
  }

  start(): void {
    const { incoming, parsed, wish } = this.#visit;
    const { settings, deadlines } = this.#host;
    const { bodyLength } = parsed;
    const hasBody = bodyLength !== undefined && bodyLength !== 0;
    const isBuffered = hasBody && (settings.requestBuffering || bodyLength === "chunked");
    // Who takes long to send his body keeps no server busy: one is chosen when it is here.
    if (!isBuffered) this.#turn.next();
    if (!this.#buildVars(parsed)) return;
    if (hasBody) wish.sendContinue?.();
    if (isBuffered) {
      this.#reader = new BodyReader(incoming, { settings, deadlines, listener: this });
      return;
    }
    if (hasBody) this.#body = new StreamedBody(incoming, deadlines, settings);
    this.#send();
  }

  /** The response is over, however it ended. */
  end(): void {
    this.#turn.end();
  }

  /** The client left: nobody waits for anything here. */
  cancel(): void {
    this.#reader?.cancel();
    this.#exchange?.abort();
    void this.#spool?.dispose();
  }

  get use(): UpstreamUse | undefined {
    const progress = this.#exchange?.progress;
    const { target } = this.#upstream;
    return progress && { target, vars: this.#fitted.vars, progress, attempts: this.#attempts };
  }

  onBody(spool: Spool): void {
    this.#spool = spool;
    const before = this.#upstream;
    this.#turn.next();
    const isStale = this.#visit.parsed.bodyLength === "chunked" || this.#upstream !== before;
    if (isStale && !this.#buildVars(this.#parsed)) return;
    this.#body = spool.content();
    this.#send();
  }

  onBodyError(error: UwsgiBridgeError): void {
    this.#fail(error);
  }

  onInterim(head: ResponseHead): void {
    const text = this.#host.settings.earlyHints ? earlyHintsText(head) : undefined;
    if (text !== undefined) this.#response.sendInterim(text);
  }

  onHead(received: ResponseHead, framing: ResponseFraming): void {
    if (received.status >= 400 && this.#isPassedOver(received.status)) return;
    this.#turn.answered();
    const { cookie } = this.#turn;
    const head = cookie === undefined ? received : withCookie(received, cookie);
    if (head.status === 101) {
      this.#switchProtocols(head);
      return;
    }
    if (this.#offload(head)) return;
    const isStream = isEventStream(head.headers);
    if (isStream) {
      this.#exchange?.liftReadTimeout();
      this.#turn.succeeded();
    }
    this.#response.begin(head, framing, !isStream);
  }

  /** @returns Whether a file is sent, and the body of the application is not. */
  #offload(head: ResponseHead): boolean {
    const wish = offloadWish(head.headers, this.#host.offloadRoots);
    if (wish?.type === "off") this.#host.onOffloadOff(wish.field);
    if (!wish || wish.type === "off" || head.status === 204 || head.status === 304) return false;
    this.#isOffloaded = true;
    if (wish.type === "refused") {
      this.#fail(forbiddenFile(wish.reason));
      return true;
    }
    void offloadFile(wish, {
      method: this.#visit.parsed.method,
      vars: this.#fitted.vars,
      head,
      response: this.#response,
      onError: (error) => this.#fail(error),
    });
    return true;
  }

  /** The body in whose place a file is sent: usually there is none. Read to its end, so that the application is not cut off. */
  #drop(block: Uint8Array): boolean {
    this.#dropped += block.length;
    if (this.#dropped > MAX_DROPPED_BYTES) this.#exchange?.abort();
    return true;
  }

  #switchProtocols(head: ResponseHead): void {
    const upgrade = upgradeOf(this.#visit);
    const key = this.#fitted.vars.find(([name]) => name === "HTTP_SEC_WEBSOCKET_KEY")?.[1];
    const fault = wrongSwitch(head, upgrade?.offer, key);
    if (this.#exchange && upgrade && fault === undefined) {
      const taken = this.#exchange.takeOver();
      this.#turn.succeeded();
      this.#turn.hold(taken.socket);
      upgrade.accept(head, taken);
      return;
    }
    this.#exchange?.abort();
    const message = `the worker switched protocols, ${fault}`;
    this.#fail(new ProtocolError("UWB_ERR_RESPONSE_UPGRADE", message, { offset: 0, statusHint: 502 }));
  }

  onData(block: Uint8Array): boolean {
    if (this.#isOffloaded) return this.#drop(block);
    if (this.#response.write(block)) return true;
    this.#response.onDrain(() => this.#exchange?.resume());
    return false;
  }

  onPause(): void {
    if (!this.#isOffloaded) this.#response.pause();
  }

  onEnd(): void {
    if (!this.#isBlamed) this.#turn.succeeded();
    this.#turn.end();
    if (!this.#isOffloaded) this.#response.end();
    void this.#spool?.dispose();
  }

  onError(error: UwsgiBridgeError): void {
    // The head has come, and more than that was not wanted.
    if (this.#isOffloaded) return;
    if (this.#exchange && this.#retry.afterError(error, this.#exchange, this.#mayReplay)) {
      this.#log(error, "a request is sent again", "info");
      this.#sendAgain();
    } else {
      this.#fail(error);
    }
  }

  /** @returns Whether this answer is dropped, and another server asked. */
  #isPassedOver(status: number): boolean {
    if (!this.#host.retries.causes.has(`http_${status}`)) return false;
    this.#isBlamed = !this.#retry.afterStatus(status, this.#mayReplay);
    if (this.#isBlamed) return false;
    this.#exchange?.abort();
    this.#sendAgain();
    return true;
  }

  get #retry(): Retries {
    this.#retries ??= new Retries(this.#visit, this.#turn, this.#host.retries);
    return this.#retries;
  }

  #sendAgain(): void {
    this.#retry.moveOn();
    if (this.#spool) this.#body = this.#spool.content();
    if (this.#buildVars(this.#parsed)) this.#send();
  }

  get #mayReplay(): boolean {
    return this.#isReplayable || !(this.#body as StreamedBody).wasRead;
  }

  /** A body that passes through can be sent once: it takes no connection that may be about to end. */
  get #isReplayable(): boolean {
    return !(this.#body instanceof StreamedBody);
  }

  #send(): void {
    const { settings, deadlines } = this.#host;
    const upstream = this.#upstream;
    this.#attempts += 1;
    const { wasOffered } = this.#fitted;
    const isFresh =
      this.#retries !== undefined || !this.#isReplayable || needsFreshConnection(this.#visit, wasOffered);
    this.#exchange = new Exchange(
      upstream,
      {
        method: this.#visit.parsed.method,
        packet: requestHead(this.#visit, upstream, this.#fitted),
        body: this.#body,
        wasOffered,
        isHttp: this.#visit.route.httpBase !== undefined,
      },
      { handler: this, limits: settings, deadlines, isFresh },
    );
    this.#exchange.start();
  }

  get #upstream(): Upstream {
    return this.#turn.upstream;
  }

  /** The request with the length that its body turned out to have. */
  get #parsed(): ParsedRequest {
    const { parsed } = this.#visit;
    return this.#spool ? { ...parsed, bodyLength: this.#spool.size } : parsed;
  }

  /** @returns False when the vars do not fit; the client was then answered, and no server was bothered. */
  #buildVars(parsed: ParsedRequest): boolean {
    this.#fitted = varsFor(this.#visit, parsed, this.#upstream);
    const { error } = this.#fitted;
    if (error) this.#fail(error);
    return error === undefined;
  }

  #fail(error: UwsgiBridgeError): void {
    void this.#spool?.dispose();
    if (this.#response.isOver) return;
    this.#visit.fail(this.#log(error, "a request failed"));
  }

  #log(error: UwsgiBridgeError, message: string, level?: "info"): Failure {
    const { settings } = this.#host;
    const { id, parsed, route, startedMs } = this.#visit;
    const isHttp = route.httpBase !== undefined;
    // An HTTP server gets none.
    const vars = isHttp ? [] : this.#fitted.vars;
    const progress = this.#exchange?.progress;
    const { target } = this.#upstream;
    const failure = failureOf(error, { target, vars, isHttp, limits: settings, progress });
    const { method, requestUri } = parsed;
    const uri = loggedUri(requestUri, settings.logQuery);
    const attempts = this.#attempts;
    logFailure(settings.log, { id, method, uri, startedMs, progress, attempts, level }, failure, message);
    return failure;
  }
}
