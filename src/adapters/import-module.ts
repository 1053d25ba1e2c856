import { existsSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { loadError } from "./load-error.ts";

const TYPESCRIPT = new Set([".ts", ".mts", ".cts", ".tsx"]);
const MODULES = new Set([".js", ".mjs", ".cjs", ...TYPESCRIPT]);

/**
 * The path of an application module.
 *
 * @param directory - Where a relative file name starts.
 * @throws {@link ConfigError} `UWB_ERR_APP_LOAD` when it is no module, or not there.
 */
export function modulePath(file: string, directory: string): string {
  const path = resolve(directory, file);
  if (!MODULES.has(extname(path))) {
    throw loadError(`${file} is no module: name a .ts or .js file, as file.ts or file.ts:callable`);
  }
  if (!existsSync(path)) throw loadError(`${path} does not exist`);
  return path;
}

/** Import a module. TypeScript is compiled on the way in, by the rules of the nearest tsconfig.json. */
export async function importModule(path: string): Promise<Record<string, unknown>> {
  if (TYPESCRIPT.has(extname(path))) await registerTypeScript(nearestTsconfig(dirname(path)));
  return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
}

async function registerTypeScript(tsconfig: string | undefined): Promise<void> {
  const [esm, cjs] = await Promise.all([import("tsx/esm/api"), import("tsx/cjs/api")]);
  esm.register(tsconfig === undefined ? {} : { tsconfig });
  // CommonJS has no such option: its tsconfig is read from this variable, at this call.
  const { TSX_TSCONFIG_PATH: before } = process.env;
  if (tsconfig !== undefined) process.env["TSX_TSCONFIG_PATH"] = tsconfig;
  try {
    cjs.register();
  } finally {
    if (before === undefined) delete process.env["TSX_TSCONFIG_PATH"];
    else process.env["TSX_TSCONFIG_PATH"] = before;
  }
}

function nearestTsconfig(directory: string): string | undefined {
  const file = join(directory, "tsconfig.json");
  if (existsSync(file)) return file;
  const parent = dirname(directory);
  return parent === directory ? undefined : nearestTsconfig(parent);
}
