import { isDefinedApplication } from "../gateway/define-application.ts";
import type { AppName } from "./app-name.ts";
import { type ApplicationKind, applicationKind, type Interface } from "./application-kind.ts";

/** A module as `import()` delivers it. */
export type ModuleExports = Readonly<Record<string, unknown>>;

/** An export and its name. */
export interface NamedExport {
  readonly name: string;
  readonly value: unknown;
}

/** An export that can be run. */
export interface FoundApplication extends NamedExport {
  readonly kind: ApplicationKind;
}

/** What CommonJS exports beside its names. Newer versions of Node show it twice. */
const CJS_KEYS = new Set(["module.exports", "__esModule"]);

/** The exports of a module under their own names: ES modules compiled to CommonJS hide them behind the default export. */
export function flattenExports(module: ModuleExports): ModuleExports {
  const { default: inner } = module;
  const flat = isModuleObject(inner) ? { ...module, ...inner } : module;
  return Object.fromEntries(Object.entries(flat).filter(([name]) => !CJS_KEYS.has(name)));
}

/** The exports that may be the application, the likeliest first. */
export function candidates(
  exports: ModuleExports,
  { callable }: Pick<AppName, "callable">,
): readonly NamedExport[] {
  const names = callable === undefined ? ["application", "default"] : [callable];
  const named = names.map((name) => ({ name, value: exportNamed(exports, name) }));
  return named.filter(({ value }) => value !== undefined);
}

/** The first export that can be run. One that says of itself that it is a gateway application comes before all others. */
export function chooseApplication(
  named: readonly NamedExport[],
  forced: Interface | undefined,
): FoundApplication | undefined {
  const ordered = [...named].sort((a, b) => rank(a.value) - rank(b.value));
  for (const { name, value } of ordered) {
    const kind = applicationKind(value, { exportName: name, forced });
    if (kind !== undefined) return { name, value, kind };
  }
  return undefined;
}

function rank(value: unknown): number {
  return isDefinedApplication(value) ? 0 : 1;
}

/** Node does not see all names of `module.exports`: the others are looked up in it. */
function exportNamed(exports: ModuleExports, name: string): unknown {
  if (Object.hasOwn(exports, name)) return exports[name];
  const { default: inner } = exports;
  if (inner === null || (typeof inner !== "object" && typeof inner !== "function")) return undefined;
  return Object.getOwnPropertyDescriptor(inner, name)?.value;
}

/** `exports.default = app`, with or without the mark of a compiler. */
function isModuleObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  if ("__esModule" in value) return value.__esModule === true;
  return Object.hasOwn(value, "default") && applicationKind(value, { exportName: "default" }) === undefined;
}
