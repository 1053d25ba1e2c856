import { inspect } from "node:util";
import type { Environ } from "../../gateway/types.ts";

/**
 * What a fetch handler gets beside the request. It is passed as the second argument, and again as the third, which is where
 * Hono and other handlers written for Cloudflare Workers look for `waitUntil`.
 */
export interface FetchContext {
  /** The environ of the request. */
  environ: Environ;
  /**
   * Keep the request's slot, and with it the worker, until this promise settles, although the response may be complete.
   * A rejection is written to `wsgi.errors`, and never thrown. Called after the response has ended and everything given to it
   * earlier has settled, it still reports a rejection, but holds nothing up any more.
   */
  waitUntil(promise: Promise<unknown>): void;
  /** `REMOTE_ADDR`, where the front passes it. */
  remoteAddress?: string;
}

/** The context of one request. */
export class RequestContext implements FetchContext {
  readonly environ: Environ;
  readonly remoteAddress?: string;
  #pending: Set<Promise<void>> | undefined;

  constructor(environ: Environ) {
    this.environ = environ;
    if (environ.REMOTE_ADDR !== undefined) this.remoteAddress = environ.REMOTE_ADDR;
  }

  /** A function of its own, so that `const { waitUntil } = context` works. */
  readonly waitUntil = (promise: Promise<unknown>): void => {
    const pending = this.#pending ?? this.#hold();
    // The handler is attached at once: a rejection before the end of the response would else bring the process down.
    const settled = Promise.resolve(promise).then(
      () => undefined,
      (error: unknown) => this.#report(error),
    );
    pending.add(settled);
    void settled.then(() => pending.delete(settled));
  };

  #hold(): Set<Promise<void>> {
    const pending = new Set<Promise<void>>();
    this.#pending = pending;
    this.environ["uwsgi_bridge.response_finished"].push(async () => {
      // What is waited for may ask for more to be waited for.
      while (pending.size > 0) await Promise.all(pending);
    });
    return pending;
  }

  #report(error: unknown): void {
    this.environ["wsgi.errors"].write(`a promise given to waitUntil was rejected: ${inspect(error)}\n`);
  }
}
