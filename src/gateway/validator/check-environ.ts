import { describe } from "../response-start.ts";
import type { Environ } from "../types.ts";
import { checkCgi } from "./check-cgi.ts";
import type { Doubts } from "./doubts.ts";
import { fault } from "./lint-error.ts";
import { shown } from "./lint-message.ts";
import type { FaultId } from "./rules.ts";

const REQUIRED = [
  "REQUEST_METHOD",
  "SERVER_NAME",
  "SERVER_PORT",
  "SERVER_PROTOCOL",
  "wsgi.version",
  "wsgi.url_scheme",
  "wsgi.input",
  "wsgi.errors",
  "wsgi.multithread",
  "wsgi.multiprocess",
  "wsgi.run_once",
];
const FLAGS = [
  "wsgi.multithread",
  "wsgi.multiprocess",
  "wsgi.run_once",
  "wsgi.input_terminated",
  "uwsgi_bridge.concurrent",
];
const INPUT_METHODS = ["read", "readline", "readlines", Symbol.asyncIterator, "chunks"] as const;
const ERRORS_METHODS = ["write", "writelines", "flush"] as const;
const EXTENSION_KEY = /^[a-z0-9_.]+$/;

/** Check what has to hold before anything in an environ can be used: S03 to S05, S28. */
export function checkShape(environ: unknown): asserts environ is Environ {
  if (!isPlainObject(environ)) throw fault("S03", describe(environ));
  if (!Object.isExtensible(environ)) throw fault("S04", "an object that takes no new keys");
  for (const key of Object.keys(environ)) {
    if (!isWritable(environ, key)) throw fault("S04", `the read-only key ${shown(key)}`);
  }
  for (const key of REQUIRED) {
    if (!(key in environ)) throw fault("S05", `no ${key}`);
  }
  checkMethods(environ, { key: "wsgi.errors", methods: ERRORS_METHODS, id: "S28" });
}

/**
 * Check an environ whose shape is right.
 *
 * @param isChecked - It has passed a validator before: what is wrong with its strings came in between.
 * @see PEP 3333, "environ Variables"
 */
export function checkEnviron(environ: Environ, doubts: Doubts, isChecked: boolean): void {
  checkMethods(environ, { key: "wsgi.input", methods: INPUT_METHODS, id: "S27" });
  if (typeof environ["wsgi.input"].remaining !== "number") throw fault("S27", "one without remaining");
  for (const key of Object.keys(environ)) {
    const value = environ[key];
    if (key.includes(".")) {
      if (!EXTENSION_KEY.test(key)) doubts.raise("S09", shown(key));
    } else if (typeof value !== "string") {
      throw fault(isChecked ? "A66" : "S07", `${describe(value)} at ${shown(key)}`);
    }
  }
  checkCgi(environ, doubts);
  checkGatewayKeys(environ);
}

function checkGatewayKeys(environ: Environ): void {
  const version: unknown = environ["wsgi.version"];
  if (!Array.isArray(version) || version.length !== 2 || !version.every(Number.isInteger)) {
    throw fault("S24", Array.isArray(version) ? `[${version.map(shown).join(", ")}]` : shown(version));
  }
  const scheme: unknown = environ["wsgi.url_scheme"];
  if (scheme !== "http" && scheme !== "https") throw fault("S25", shown(scheme));
  for (const key of FLAGS) {
    if (!(key in environ) || typeof environ[key] === "boolean") continue;
    throw fault("S26", `${describe(environ[key])} at ${key}`);
  }
  checkOptional(environ, "S29", "wsgi.file_wrapper", (value) => typeof value === "function");
  checkOptional(environ, "S30", "uwsgi_bridge.response_finished", Array.isArray);
  checkOptional(environ, "S31", "uwsgi_bridge.signal", (value) => value instanceof AbortSignal);
}

function checkOptional(
  environ: Environ,
  id: FaultId,
  key: string,
  isRight: (value: unknown) => boolean,
): void {
  if (key in environ && !isRight(environ[key])) throw fault(id, describe(environ[key]));
}

function checkMethods(
  environ: Readonly<Record<string, unknown>>,
  { key, methods, id }: { key: string; methods: readonly (string | symbol)[]; id: FaultId },
): void {
  const stream = environ[key];
  if (typeof stream !== "object" || stream === null) throw fault(id, shown(stream));
  const missing = methods.find((name) => typeof Reflect.get(stream, name) !== "function");
  if (missing !== undefined) throw fault(id, `one without ${String(missing)}`);
}

/** One without a prototype, or with that of object literals, perhaps of another realm. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.hasOwn(prototype as object, "isPrototypeOf");
}

function isWritable(environ: object, key: string): boolean {
  const { writable, set } = Object.getOwnPropertyDescriptor(environ, key) ?? {};
  return writable === true || set !== undefined;
}
