import { afterEach } from "vitest";
import { restoreNativeGlobals } from "../../../src/adapters/fetch/light-globals.ts";
import { type FetchAdapterOptions, type FetchHandler, fromFetch } from "../../../src/adapters/index.ts";
import { ProtocolError } from "../../../src/errors.ts";
import {
  type EndedRun,
  ended,
  type RequestSetup,
  type StartedRun,
  startRun,
} from "../../gateway/run-gateway.ts";

export type Kind = NonNullable<FetchAdapterOptions["requestObject"]>;

/** Both kinds of Request. What a handler sees, and what the client gets, is the same. */
export const kinds: readonly Kind[] = ["native", "light"];

/** A handler as a test writes it: it may return anything. */
export type AnyHandler = (...args: Parameters<FetchHandler["fetch"]>) => unknown;

export interface FetchSetup extends RequestSetup {
  readonly kind: Kind;
  readonly onError?: FetchAdapterOptions["onError"];
}

/** A run whose client can leave as it does at a worker: the signal of the environ is aborted too. */
export interface StartedFetch extends StartedRun {
  leave(): void;
}

/** Call in each test file that uses {@link startFetch}: light requests patch the globals, and no test may see that of another. */
export function restoreGlobalsAfterEach(): void {
  afterEach(restoreNativeGlobals);
}

/** The error a worker reports when the client leaves. */
export function clientGone(): ProtocolError {
  return new ProtocolError("UWB_ERR_CLIENT_GONE", "the client left", { offset: 0 });
}

/** Call a fetch handler through the gateway, and hand back what can be done with the request and seen of it meanwhile. */
export function startFetch(handler: AnyHandler | FetchHandler, setup: FetchSetup): StartedFetch {
  const { kind, onError, ...request } = setup;
  const app = fromFetch(handler as FetchHandler, {
    requestObject: kind,
    ...(onError ? { onError } : {}),
  });
  const controller = new AbortController();
  const started = startRun((environ, startResponse) => {
    environ["uwsgi_bridge.signal"] = controller.signal;
    return app(environ, startResponse);
  }, request);
  // The order in which a connection reports it.
  const leave = (): void => {
    started.sink.leave();
    started.input.fail(clientGone());
    controller.abort(clientGone());
    started.run.clientGone();
  };
  return { ...started, leave };
}

/** Run a fetch handler to its end, and look at the whole of what came out. */
export function runFetch(handler: AnyHandler | FetchHandler, setup: FetchSetup): Promise<EndedRun> {
  return ended(startFetch(handler, setup));
}

/** What a handler makes of its Request, whatever it answers. */
export async function seenBy<T>(look: (request: Request) => T | Promise<T>, setup: FetchSetup): Promise<T> {
  let seen: { readonly value: T } | undefined;
  const run = await runFetch(async (request) => {
    seen = { value: await look(request) };
    return new Response("seen");
  }, setup);
  if (!seen)
    throw new Error(`the handler was not called or failed: ${JSON.stringify(run.log.lines)}`, { cause: run });
  return seen.value;
}

/** A stream of these blocks, made when they are asked for. */
export function streamOf(...blocks: unknown[]): ReadableStream {
  const left = [...blocks];
  return new ReadableStream(
    {
      pull(controller) {
        const block = left.shift();
        if (block === undefined) controller.close();
        else controller.enqueue(typeof block === "string" ? new TextEncoder().encode(block) : block);
      },
    },
    { highWaterMark: 0 },
  );
}
