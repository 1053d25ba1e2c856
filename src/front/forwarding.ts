import type { IncomingMessage } from "node:http";
import { Exchange } from "../client/exchange.ts";
import type { ExchangeHandler } from "../client/exchange-handler.ts";
import { mayRetry } from "../client/retry-rule.ts";
import type { Upstream } from "../client/upstream.ts";
import { packetText } from "../codec/packet-encoder.ts";
import { PERSISTENCE } from "../codec/persistence.ts";
import type { ResponseFraming } from "../codec/response-framing.ts";
import type { ResponseHead } from "../codec/response-head.ts";
import { type Vars, varsSize } from "../codec/vars.ts";
import { ProtocolError, UpstreamError, type UwsgiBridgeError } from "../errors.ts";
import type { Deadlined, Deadlines } from "../net/deadlines.ts";
import { formatEndpoint } from "../net/endpoint.ts";
import { BodyReader } from "./body-reader.ts";
import type { ClientResponse } from "./client-response.ts";
import type { FrontSettings } from "./options.ts";
import type { ParsedRequest } from "./parse-request.ts";
import { nextRequestId } from "./request-id.ts";
import { biggestVars, type ClientFacts, connectionVars, requestVars } from "./request-vars.ts";
import type { Spool } from "./spool.ts";
import { StreamedBody } from "./streamed-body.ts";
import type { UpgradeAttempt } from "./upgrade-attempt.ts";
import { wrongSwitch } from "./upgrade-rules.ts";

/** What all requests of a front share. */
export interface ForwardingHost {
  readonly settings: FrontSettings;
  readonly params: readonly (readonly [name: string, value: string])[];
  readonly deadlines: Deadlines<Deadlined>;
}

/** What a client asks for besides an answer. */
export interface ClientWish {
  /** The client waits for `100 Continue` before it sends its body. */
  readonly sendContinue?: () => void;
  /** The client asks to switch protocols. */
  readonly upgrade?: UpgradeAttempt;
}

/** One request that was found valid, and what it came with. */
export interface ForwardedRequest extends ClientWish {
  readonly incoming: IncomingMessage;
  readonly parsed: ParsedRequest;
  readonly client: ClientFacts;
  readonly response: ClientResponse;
  /** The servers to try, in this order. */
  readonly upstreams: readonly Upstream[];
}

/** What uWSGI takes unless it is configured: the most frequent reason of a connection that closes without an answer. */
const UWSGI_BUFFER_SIZE = 4096;
const UWSGI_MAX_VARS = 128;

/** Carries one request to a uwsgi server and its response back. */
export class Forwarding implements ExchangeHandler {
  readonly #host: ForwardingHost;
  readonly #request: ForwardedRequest;
  readonly #response: ClientResponse;
  #vars: Vars = [];
  #reader: BodyReader | undefined;
  #spool: Spool | undefined;
  #exchange: Exchange | undefined;
  #body: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  #failed = 0;
  #lost = 0;
  #wasOffered = false;

  constructor(host: ForwardingHost, request: ForwardedRequest) {
    this.#host = host;
    this.#request = request;
    this.#response = request.response;
  }

  start(): void {
    const { incoming, parsed } = this.#request;
    if (!this.#buildVars(parsed)) return;
    if (parsed.bodyLength === undefined || parsed.bodyLength === 0) {
      this.#send();
      return;
    }
    this.#request.sendContinue?.();
    const { settings, deadlines } = this.#host;
    if (settings.requestBuffering || parsed.bodyLength === "chunked") {
      this.#reader = new BodyReader(incoming, { settings, deadlines, listener: this });
    } else {
      this.#body = new StreamedBody(incoming, deadlines, settings.bodyTimeoutMs);
      this.#send();
    }
  }

  /** The client left: nobody waits for anything here. */
  cancel(): void {
    this.#reader?.cancel();
    this.#exchange?.abort();
    void this.#spool?.dispose();
  }

  onBody(spool: Spool): void {
    this.#spool = spool;
    const { parsed } = this.#request;
    if (parsed.bodyLength === "chunked" && !this.#buildVars({ ...parsed, bodyLength: spool.size })) return;
    this.#body = spool.content();
    this.#send();
  }

  onBodyError(error: UwsgiBridgeError): void {
    this.#fail(error);
  }

  onInterim(): void {}

  onHead(head: ResponseHead, framing: ResponseFraming): void {
    if (head.status === 101) this.#switchProtocols(head);
    else this.#response.begin(head, framing);
  }

  #switchProtocols(head: ResponseHead): void {
    const { upgrade } = this.#request;
    const key = this.#vars.find(([name]) => name === "HTTP_SEC_WEBSOCKET_KEY")?.[1];
    const fault = wrongSwitch(head, upgrade?.offer, key);
    if (this.#exchange && upgrade && fault === undefined) {
      upgrade.accept(head, this.#exchange.takeOver());
      return;
    }
    this.#exchange?.abort();
    const message = `the worker switched protocols, ${fault}`;
    this.#fail(new ProtocolError("UWB_ERR_RESPONSE_UPGRADE", message, { offset: 0, statusHint: 502 }));
  }

  onData(block: Uint8Array): boolean {
    if (this.#response.write(block)) return true;
    this.#response.onDrain(() => this.#exchange?.resume());
    return false;
  }

  onPause(): void {
    this.#response.pause();
  }

  onEnd(): void {
    this.#response.end();
    void this.#spool?.dispose();
  }

  onError(error: UwsgiBridgeError): void {
    const exchange = this.#exchange;
    if (exchange && this.#mayRetry(exchange)) {
      this.#log(error, "a request is sent again");
      if (exchange.failedAt === "lost") this.#lost += 1;
      this.#failed += 1;
      if (this.#spool) this.#body = this.#spool.content();
      if (this.#buildVars(this.#parsed)) this.#send();
      return;
    }
    this.#fail(error);
  }

  #mayRetry(exchange: Exchange): boolean {
    const { upstreams, parsed } = this.#request;
    return mayRetry({
      failedAt: exchange.failedAt,
      method: parsed.method,
      isReplayable: !(this.#body instanceof StreamedBody) || !this.#body.wasRead,
      hasAlternative: exchange.wasReused || upstreams.length > 1 || this.#upstream.keepsConnections,
      lost: this.#lost,
      failed: this.#failed,
      servers: upstreams.length,
    });
  }

  #send(): void {
    const { settings, deadlines } = this.#host;
    const modifier2 = this.#wasOffered ? PERSISTENCE.modifier2 : settings.modifier2;
    this.#exchange = new Exchange(
      this.#upstream,
      {
        method: this.#request.parsed.method,
        packet: packetText({ modifier1: settings.modifier1, modifier2, vars: this.#vars }),
        body: this.#body,
        wasOffered: this.#wasOffered,
      },
      { handler: this, limits: settings, deadlines, isFresh: this.#failed > 0 },
    );
    this.#exchange.start();
  }

  get #upstream(): Upstream {
    const { upstreams } = this.#request;
    return upstreams[this.#failed % upstreams.length] as Upstream;
  }

  /** The request with the length that its body turned out to have. */
  get #parsed(): ParsedRequest {
    const { parsed } = this.#request;
    return this.#spool ? { ...parsed, bodyLength: this.#spool.size } : parsed;
  }

  /** @returns False when the vars do not fit; the client was then answered, and no server was bothered. */
  #buildVars(parsed: ParsedRequest): boolean {
    const { settings, params } = this.#host;
    const { client, upgrade } = this.#request;
    const { isOffered, keepsConnections, mayBeOurs } = this.#upstream;
    const facts = {
      upgrade: upgrade?.offer,
      isOffered: isOffered && upgrade === undefined,
      isOurs: keepsConnections,
      takesHints: settings.earlyHints && mayBeOurs && parsed.httpVersion === "1.1",
    };
    this.#wasOffered = facts.isOffered;
    this.#vars = requestVars(parsed, client, params, connectionVars(facts));
    if (this.#wasOffered && !this.#fits) {
      // Nobody is refused because of an offer.
      this.#wasOffered = false;
      this.#vars = requestVars(parsed, client, params, connectionVars({ ...facts, isOffered: false }));
    }
    if (this.#fits) return true;
    const size = varsSize(this.#vars);
    const isTooLarge = size > settings.maxVarsBytes;
    this.#fail(
      new ProtocolError(
        isTooLarge ? "UWB_ERR_VARS_TOO_LARGE" : "UWB_ERR_VARS_TOO_MANY",
        isTooLarge
          ? `the request needs ${size} bytes of vars, the servers take ${settings.maxVarsBytes} (--backend-buffer-size)`
          : `the request needs ${this.#vars.length} vars, the servers take ${settings.maxVars} (--backend-max-vars)`,
        { offset: 0, statusHint: 431 },
      ),
    );
    return false;
  }

  get #fits(): boolean {
    const { maxVars, maxVarsBytes } = this.#host.settings;
    return this.#vars.length <= maxVars && varsSize(this.#vars) <= maxVarsBytes;
  }

  #fail(error: UwsgiBridgeError): void {
    void this.#spool?.dispose();
    if (this.#response.isOver) return;
    const id = this.#log(error, "a request failed");
    if (this.#response.isStarted) {
      this.#response.abort();
      return;
    }
    const status = statusOf(error);
    const retryAfter: [string, string][] = status === 503 ? [["Retry-After", "1"]] : [];
    this.#response.answer(status, `${error.code}\nrequest ${id}\n`, [["X-Request-Id", id], ...retryAfter]);
  }

  #log(error: UwsgiBridgeError, message: string): string {
    const id = nextRequestId();
    const varsBytes = varsSize(this.#vars);
    const isCallersFault = error instanceof ProtocolError && error.statusHint < 500;
    this.#host.settings.log[isCallersFault ? "info" : "error"](
      {
        requestId: id,
        code: error.code,
        reason: error.message,
        method: this.#request.parsed.method,
        uri: this.#request.parsed.requestUri,
        target: formatEndpoint(this.#upstream.target),
        varsBytes,
        vars: this.#vars.length,
        ...this.#hint(error, varsBytes),
      },
      message,
    );
    return id;
  }

  #hint(error: UwsgiBridgeError, varsBytes: number): { biggestVars?: string; hint?: string } {
    const isSize = error.code === "UWB_ERR_VARS_TOO_LARGE" || error.code === "UWB_ERR_VARS_TOO_MANY";
    const isSilent = error.code === "UWB_ERR_UPSTREAM_CLOSED" || error.code === "UWB_ERR_UPSTREAM_RESET";
    if (isSize) return { biggestVars: biggestVars(this.#vars) };
    if (!isSilent || (varsBytes <= UWSGI_BUFFER_SIZE && this.#vars.length <= UWSGI_MAX_VARS)) return {};
    return {
      biggestVars: biggestVars(this.#vars),
      hint:
        `uWSGI closes such a connection when the vars exceed its buffer-size (default ${UWSGI_BUFFER_SIZE} bytes) or ` +
        `max-vars (default ${UWSGI_MAX_VARS}): raise them there, or set --backend-buffer-size here to answer 431`,
    };
  }
}

function statusOf(error: UwsgiBridgeError): number {
  return error instanceof ProtocolError || error instanceof UpstreamError ? error.statusHint : 502;
}
