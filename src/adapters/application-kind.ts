import { Server } from "node:http";
import { isDefinedApplication } from "../gateway/define-application.ts";
import { describe } from "../gateway/response-start.ts";

/** How an application is called: `(environ, startResponse)`, `(req, res)` or `(request)`. */
export type Interface = "gateway" | "node" | "fetch";

/** What an exported value is. */
export type ApplicationKind = "gateway" | "server" | "fetch" | "fastify" | "nest" | "koa" | "listener";

/** What is known beside the value itself. */
export interface KindHints {
  /** The name of the export: `application` is a gateway application by its name. */
  readonly exportName: string;
  /** What the user says it is. */
  readonly forced?: Interface | undefined;
}

/** Each kind, as messages name it. */
const KIND_NAMES: Readonly<Record<ApplicationKind, string>> = {
  gateway: "a gateway application",
  server: "an http.Server",
  fetch: "a fetch handler",
  fastify: "a Fastify application",
  nest: "a NestJS application",
  koa: "a Koa application",
  listener: "a function (req, res)",
};

/** In this order, since an object may pass for several. */
const RULES: readonly (readonly [kind: ApplicationKind, matches: (value: unknown) => boolean])[] = [
  ["server", (value) => value instanceof Server],
  ["fetch", (value) => hasMethods(value, ["fetch"])],
  ["fastify", (value) => typeof value === "object" && hasMethods(value, ["ready", "routing"])],
  ["nest", (value) => typeof value === "object" && hasMethods(value, ["init", "getHttpAdapter"])],
  ["koa", (value) => typeof value === "object" && hasMethods(value, ["callback"])],
  ["listener", isCallable],
];

/**
 * Decide what an exported value is. The order of the rules is the meaning: what the user says, the mark of `defineApplication`, the
 * export name `application`, and only then what the value looks like.
 *
 * @returns `undefined` when it can not be run, or not in the way the user says.
 */
export function applicationKind(
  value: unknown,
  { exportName, forced }: KindHints,
): ApplicationKind | undefined {
  if (forced === "gateway") return isApplicable(value) ? "gateway" : undefined;
  if (forced === "fetch") return isCallable(value) || hasMethods(value, ["fetch"]) ? "fetch" : undefined;
  if (forced === undefined) {
    if (isDefinedApplication(value)) return "gateway";
    if (exportName === "application" && isApplicable(value)) return "gateway";
  }
  return RULES.find(([kind, matches]) => matches(value) && !(forced === "node" && kind === "fetch"))?.[0];
}

/** What a value is, for messages: its kind, or what it is instead. */
export function describeExport(value: unknown, exportName: string): string {
  const kind = applicationKind(value, { exportName });
  if (kind !== undefined) return KIND_NAMES[kind];
  if (isClass(value)) return "a class";
  if (isGenerator(value)) return "a generator function";
  return describe(value);
}

/** What a gateway application can be: a generator too. */
function isApplicable(value: unknown): boolean {
  return typeof value === "function" && !isClass(value);
}

/** What answers when it is called. A generator function would only return an iterator that nobody asks. */
function isCallable(value: unknown): boolean {
  return isApplicable(value) && !isGenerator(value);
}

function isClass(value: unknown): boolean {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

function isGenerator(value: unknown): boolean {
  return typeof value === "function" && /GeneratorFunction\]$/.test(Object.prototype.toString.call(value));
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== "function" && (typeof value !== "object" || value === null)) return false;
  return names.every((name) => typeof Reflect.get(value, name) === "function");
}
