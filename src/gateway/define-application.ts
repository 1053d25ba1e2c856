import { ConfigError } from "../errors.ts";
import { directHandlerOf } from "./direct.ts";
import { describe } from "./response-start.ts";
import type { Application } from "./types.ts";

/** The key of the brand, the same for all copies of this package. */
const APPLICATION: unique symbol = Symbol.for("uwsgi_bridge.application") as never;

/**
 * Say that a function is a gateway application. `(environ, startResponse)` and `(req, res)` can not be told apart at run time, so
 * the loader takes an unmarked function for the latter, unless its export is named `application`.
 *
 * @returns The same function.
 * @throws {@link ConfigError} when it is no function.
 *
 * @example
 * export default defineApplication((environ, startResponse) => {
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   return [Buffer.from("Hello\n")];
 * });
 */
export function defineApplication<A extends Application>(app: A): A {
  if (typeof app !== "function") {
    throw new ConfigError("app", `a gateway application is a function, got ${describe(app)}`);
  }
  if (!isBranded(app)) Object.defineProperty(app, APPLICATION, { value: true });
  return app;
}

/** Whether a value was marked by {@link defineApplication}, or made by an adapter. */
export function isDefinedApplication(value: unknown): value is Application {
  return typeof value === "function" && (isBranded(value) || directHandlerOf(value) !== undefined);
}

/** An own property: what inherits from an application is none. */
function isBranded(value: object): boolean {
  return Object.hasOwn(value, APPLICATION);
}
