import { UwsgiBridgeError } from "../../errors.ts";
import type { Environ } from "../../gateway/types.ts";

/**
 * The client of one request, as Fetch code knows it: a signal that is aborted with an `AbortError` when the client
 * leaves before the response is complete. The error of the server, `UWB_ERR_CLIENT_GONE`, is its `cause`.
 */
export class ClientSignal {
  /**
   * Something to hold while the connection lives; nobody reads it. A native Request of which only the signal is in use may be
   * collected, and the signal is then never aborted.
   */
  kept: object | undefined;
  readonly #environ: Environ;
  #controller: AbortController | undefined;
  #abortError: unknown;

  constructor(environ: Environ) {
    this.#environ = environ;
  }

  /** Made when it is first asked for: most handlers never do. */
  get signal(): AbortSignal {
    this.#controller ??= this.#follow(this.#environ["uwsgi_bridge.signal"]);
    return this.#controller.signal;
  }

  /** What to cancel a stream with: the error of a client that left, or undefined. */
  get reason(): unknown {
    const source = this.#environ["uwsgi_bridge.signal"];
    return source.aborted ? this.#toAbortError(source.reason) : undefined;
  }

  /** The error as Fetch code expects it: that of a client which left becomes the signal's `AbortError`. */
  translate(error: unknown): unknown {
    const isGone = error instanceof UwsgiBridgeError && error.code === "UWB_ERR_CLIENT_GONE";
    return isGone ? this.#toAbortError(error) : error;
  }

  /** The reverse: what the gateway is told when a handler fails with the signal's `AbortError`. */
  untranslate(error: unknown): unknown {
    const isOurs = error !== undefined && error === this.#abortError;
    return isOurs && error instanceof DOMException && error.cause !== undefined ? error.cause : error;
  }

  #follow(source: AbortSignal): AbortController {
    const controller = new AbortController();
    if (source.aborted) controller.abort(this.#toAbortError(source.reason));
    else {
      source.addEventListener("abort", () => controller.abort(this.#toAbortError(source.reason)), {
        once: true,
      });
    }
    return controller;
  }

  /** One error per request, however often it is met: `error === request.signal.reason` holds. */
  #toAbortError(cause: unknown): unknown {
    this.#abortError ??=
      cause instanceof DOMException
        ? cause
        : new DOMException("the client left before the response was complete", { name: "AbortError", cause });
    return this.#abortError;
  }
}
