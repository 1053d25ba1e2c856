import type { StartResponse } from "../../../src/gateway/types.ts";
import type { AnyApp, RequestSetup } from "../run-gateway.ts";

/** An application that keeps every rule, and a request for it. */
export interface ConformingApp {
  readonly what: string;
  readonly app: AnyApp;
  readonly setup?: RequestSetup;
}

export const boom: Error = new Error("boom");
export const html: [string, string][] = [["Content-Type", "text/html; charset=utf-8"]];
export const octets: [string, string][] = [["Content-Type", "application/octet-stream"]];

/** Announces a page, and answers with this body. */
export function answer(body: () => unknown): AnyApp {
  return starting("200 OK", html, body);
}

/** Calls `startResponse` like this, and answers with this body. */
export function starting(
  status: Parameters<StartResponse>[0],
  headers: Parameters<StartResponse>[1],
  body: unknown,
  ...error: readonly unknown[]
): AnyApp {
  return (_environ, startResponse) => {
    Reflect.apply(startResponse, undefined, [status, headers, ...error]);
    return typeof body === "function" ? body() : body;
  };
}
