import { inspect } from "node:util";
import { ConfigError } from "../../errors.ts";
import { defineApplication } from "../../gateway/define-application.ts";
import { describe } from "../../gateway/response-start.ts";
import type { Application, ResponseBody } from "../../gateway/types.ts";
import { ClientSignal } from "./client-signal.ts";
import { type FetchContext, RequestContext } from "./context.ts";
import { installLightGlobals } from "./light-globals.ts";
import { LightRequest } from "./light-request.ts";
import { nativeRequest, requestParts } from "./request.ts";
import { type ResponseTarget, sendResponse } from "./response.ts";

/** An object that answers a Request with a Response: an application of Hono, H3 or itty-router, the default export of a Cloudflare Worker. */
export interface FetchHandler {
  fetch(request: Request, context?: FetchContext): Response | Promise<Response>;
}

/** Options of {@link fromFetch}. */
export interface FetchAdapterOptions {
  /**
   * `"native"`: Node's own Request. `"light"`: one that is made piece by piece, as the handler asks, and a Response that sends text and
   * bytes in one piece; for them to be accepted everywhere, the globals `Request`, `Response` and `fetch` of the process are replaced by
   * ones that know both kinds. @defaultValue `"native"`
   */
  readonly requestObject?: "native" | "light";
  /**
   * Makes the Response when the handler throws, rejects, or returns something that can not be sent. The error is written to
   * `wsgi.errors` before. @defaultValue The gateway logs the error with its stack and answers 500 without its text.
   */
  readonly onError?: (error: unknown) => Response | Promise<Response>;
}

/**
 * Run a fetch handler as a gateway application.
 *
 * The Request has the URL the client asked for, all header fields, and a body that is read at the pace of the handler. Its signal is
 * aborted with an `AbortError` when the client leaves before the response is complete; reads of the body then reject with the same
 * error, and the body of the Response is cancelled. It also carries `waitUntil` and `ip`, where H3 looks for them.
 *
 * The Response may stream. Fields that belong to the connection are left out.
 *
 * Without calling the handler, a Host field that is no host and a header with NUL, CR or LF are answered 400, and CONNECT, TRACE and
 * TRACK, which no Request can have, 501.
 *
 * @param target - A function, or an object with a method `fetch`, which is looked up at each call.
 * @throws {@link ConfigError} when it is neither, or `requestObject` is unknown.
 *
 * @example
 * const app = new Hono().get("/", (c) => c.text("Hello"));
 * export const application = fromFetch(app);
 */
export function fromFetch(
  target: FetchHandler | FetchHandler["fetch"],
  options: FetchAdapterOptions = {},
): Application {
  const handle = handlerOf(target);
  const { requestObject = "native", onError } = options;
  if (requestObject !== "native" && requestObject !== "light") {
    throw new ConfigError("requestObject", `requestObject must be "native" or "light", got ${requestObject}`);
  }
  if (requestObject === "light") installLightGlobals();

  return defineApplication((environ, startResponse) => {
    const client = new ClientSignal(environ);
    const exchange: ResponseTarget = { environ, startResponse, client };
    const parts = requestParts(environ, client);
    const request = requestObject === "light" ? new LightRequest(parts) : nativeRequest(parts);
    const context = new RequestContext(environ);
    Object.assign(request, { waitUntil: context.waitUntil, ip: context.remoteAddress });

    const send = (response: unknown): ResponseBody | Promise<ResponseBody> => {
      try {
        return sendResponse(response, exchange);
      } catch (error) {
        return recover(error, exchange, onError);
      }
    };
    let response: unknown;
    try {
      response = handle(request as Request, context);
    } catch (error) {
      return recover(error, exchange, onError);
    }
    if (!isThenable(response)) return send(response);
    return Promise.resolve(response).then(send, (error: unknown) => recover(error, exchange, onError));
  });
}

type Handle = (request: Request, context: FetchContext) => unknown;

function handlerOf(target: unknown): Handle {
  // Functions may have a method fetch too, as the handlers of H3 do: it takes the Request, they themselves something else.
  if (hasFetch(target)) return (request, context) => target.fetch(request, context, context);
  if (typeof target === "function") {
    return (request, context) => Reflect.apply(target, undefined, [request, context, context]);
  }
  throw new ConfigError(
    "target",
    `a fetch handler is a function or has a method fetch, got ${describe(target)}`,
  );
}

/** Answer in place of a handler that failed, or hand the failure to the gateway. */
function recover(
  error: unknown,
  exchange: ResponseTarget,
  onError: FetchAdapterOptions["onError"],
): ResponseBody | Promise<ResponseBody> {
  const { environ, client } = exchange;
  const cause = client.untranslate(error);
  const hasLeft = client.reason !== undefined;
  if (!onError || hasLeft || cause !== error) throw cause;
  environ["wsgi.errors"].write(`the fetch handler failed: ${inspect(error)}\n`);
  const response: unknown = onError(error);
  if (!isThenable(response)) return sendResponse(response, exchange, error ?? true);
  return Promise.resolve(response).then((late) => sendResponse(late, exchange, error ?? true));
}

function hasFetch(value: unknown): value is { fetch(...args: unknown[]): unknown } {
  const canHave = (typeof value === "object" && value !== null) || typeof value === "function";
  return canHave && "fetch" in value && typeof value.fetch === "function";
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
