import { existsSync } from "node:fs";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "../errors.ts";
import { describe } from "../gateway/response-start.ts";
import type { Application } from "../gateway/types.ts";

/** An application module as named on the command line. */
export interface AppName {
  readonly file: string;
  /** The export to use; `undefined`: `application`, then the default export. */
  readonly callable: string | undefined;
}

const TYPESCRIPT = new Set([".ts", ".mts", ".cts", ".tsx"]);
const MODULES = new Set([".js", ".mjs", ".cjs", ...TYPESCRIPT]);

/** Take `file.ts:callable` apart. The colon counts only behind a file name, so that paths may contain one. */
export function parseAppName(name: string): AppName {
  const [, file, callable] = /^(.*\.[a-z]+):([A-Za-z_$][\w$]*)$/.exec(name) ?? [];
  return file === undefined ? { file: name, callable: undefined } : { file, callable };
}

/**
 * Load the application of a module: the named export, or `application`, or the default export. TypeScript files are
 * compiled on the way in.
 *
 * @param directory - Where a relative file name starts.
 * @throws {@link ConfigError} `UWB_ERR_APP_LOAD` that says what was looked for, what was found and what to do; an error of the
 *   module itself is its `cause`.
 */
export async function loadApp(name: string, directory: string): Promise<Application> {
  const { file, callable } = parseAppName(name);
  const path = resolve(directory, file);
  const extension = extname(path);
  if (!MODULES.has(extension)) {
    throw loadError(`${file} is no module: name a .ts or .js file, as file.ts or file.ts:callable`);
  }
  if (!existsSync(path)) throw loadError(`${path} does not exist`);
  const module = await importModule(path);
  const wanted = callable === undefined ? ["application", "default"] : [callable];
  for (const exportName of wanted) {
    const found: unknown = module[exportName];
    if (typeof found === "function") return found as Application;
    if (found !== undefined) {
      throw loadError(
        `the export ${exportName} of ${file} is no function, but ${describe(found)}; an application is a function ` +
          "(environ, startResponse)",
      );
    }
  }
  const exports = Object.keys(module).join(", ") || "nothing";
  throw loadError(
    `${file} has no export ${wanted.join(" or ")}; it exports ${exports}. Write "export const application = ..." or name ` +
      `an export as ${file}:name`,
  );
}

async function importModule(path: string): Promise<Record<string, unknown>> {
  try {
    if (TYPESCRIPT.has(extname(path))) {
      const { register } = await import("tsx/esm/api");
      register();
    }
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw loadError(`${path} failed to load: ${why}`, error);
  }
}

function loadError(message: string, cause?: unknown): ConfigError {
  return new ConfigError("app", message, "UWB_ERR_APP_LOAD", { cause });
}
