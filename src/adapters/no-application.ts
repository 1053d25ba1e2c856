import type { ConfigError } from "../errors.ts";
import type { AppName } from "./app-name.ts";
import { describeExport, type Interface } from "./application-kind.ts";
import { loadError } from "./load-error.ts";
import type { ModuleExports, NamedExport } from "./module-exports.ts";

/** What was looked for in vain. */
export interface VainSearch {
  readonly name: AppName;
  readonly exports: ModuleExports;
  /** What was considered; of a factory, what it returned. */
  readonly considered: readonly NamedExport[];
  readonly forced: Interface | undefined;
  /** How long a call of `listen()` was waited for, in milliseconds; `undefined`: it was not. */
  readonly waitedMs: number | undefined;
}

const MAX_NAMES = 20;

/** What each interface needs, as `--interface` names it. */
const NEEDED: Readonly<Record<Interface, string>> = {
  gateway: "a function (environ, startResponse)",
  node: "a function (req, res), an http.Server, or an application of Express, Koa, Fastify or NestJS",
  fetch: "a function, or an object with a method fetch",
};

/** The error for a module without an application: what it exports, what is needed, and what to do. */
export function noApplication(search: VainSearch): ConfigError {
  const { name, forced, waitedMs } = search;
  const waited = waitedMs === undefined ? "" : `, and no HTTP server listened within ${waitedMs} ms`;
  return loadError(
    `${found(search)}${waited}. It exports ${exportList(nameable(search.exports))}. Expected: ${expected(forced)}. ${remedy(name, search)}`,
  );
}

function found({ name: { file, callable, isFactory }, considered, forced }: VainSearch): string {
  const [first] = considered;
  if (!first) return `${file} has no export ${callable ?? "application or default"}`;
  if (!isFactory && isEmpty(first.value)) return `${file} exports an empty object: no application`;
  const what = considered.map(({ name, value }) => {
    const subject = isFactory ? `what ${name}() of ${file} returned` : `the export ${name} of ${file}`;
    return `${subject} is ${describeExport(value, name)}`;
  });
  return `${what.join(", ")}: no application${forced === undefined ? "" : ` for --interface ${forced}`}`;
}

function exportList(exports: ModuleExports): string {
  const entries = Object.entries(exports).filter(([, value]) => !isEmpty(value));
  if (entries.length === 0) return "nothing";
  const shown = entries
    .slice(0, MAX_NAMES)
    .map(([name, value]) => `${name} (${describeExport(value, name)})`);
  return [...shown, ...(entries.length > MAX_NAMES ? [`${entries.length - MAX_NAMES} more`] : [])].join(", ");
}

function expected(forced: Interface | undefined): string {
  return forced === undefined ? `${NEEDED.node}, an object with fetch, or ${NEEDED.gateway}` : NEEDED[forced];
}

function remedy({ file, callable }: AppName, { exports, waitedMs }: VainSearch): string {
  const listens = waitedMs === undefined ? "; if the module calls listen() itself, add --capture-listen" : "";
  const other = Object.keys(nameable(exports)).find((name) => name !== "default" && name !== callable);
  const named = other === undefined ? "" : `, or name another export as ${file}:${other}`;
  return `Write "export default app", or "module.exports = app" in CommonJS, or "export const application = ..." for a gateway application${named}${listens}`;
}

/** What can be named behind the file: of CommonJS, what stands in `module.exports` too. */
function nameable(exports: ModuleExports): ModuleExports {
  const { default: inner } = exports;
  return isPlainObject(inner) ? { ...exports, ...inner } : exports;
}

/** As `module.exports` is before anything is assigned to it. */
function isEmpty(value: unknown): boolean {
  return isPlainObject(value) && Object.keys(value).length === 0;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
