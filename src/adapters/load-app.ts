import { ConfigError } from "../errors.ts";
import type { Application } from "../gateway/types.ts";
import { checkRanges } from "../settings.ts";
import { type AppHooks, createHooks } from "./app-hooks.ts";
import { type AppName, parseAppName } from "./app-name.ts";
import type { ApplicationKind, Interface } from "./application-kind.ts";
import { captureListen, type ListenCapture } from "./capture-listen.ts";
import { importModule, modulePath } from "./import-module.ts";
import { loadError } from "./load-error.ts";
import { loadStep } from "./load-step.ts";
import {
  candidates,
  chooseApplication,
  type FoundApplication,
  flattenExports,
  type ModuleExports,
  type NamedExport,
} from "./module-exports.ts";
import { noApplication } from "./no-application.ts";
import { readyApplication } from "./ready-application.ts";
import { waitWithin } from "./wait-within.ts";

/** Options of {@link loadApp}. */
export interface LoadOptions {
  /** What the application is, whatever it looks like. @defaultValue what its export says; see docs/applications.md */
  readonly interface?: Interface | undefined;
  /**
   * Keep the first `http.Server` that would listen from doing so, and run it, when the module exports no application.
   * @defaultValue false
   */
  readonly captureListen?: boolean | undefined;
  /** Longest time for each step of loading: the import, a factory, the framework, a hook. @defaultValue 30 000 */
  readonly loadTimeoutMs?: number | undefined;
  /** Whether Node applications see the path with SCRIPT_NAME, under which they are mounted, or without. @defaultValue `"strip"` */
  readonly mount?: "strip" | "keep" | undefined;
}

/** An application that was loaded, and what belongs to its life. */
export interface LoadedApp extends AppHooks {
  readonly application: Application;
  /** What the module turned out to export. */
  readonly kind: ApplicationKind;
}

const DEFAULT_LOAD_TIMEOUT_MS = 30_000;

/**
 * Load the application of a module: the export that is named, or `application`, or the default one. It may be a gateway application, an
 * application of Express, Koa, Fastify or NestJS, an `http.Server`, a function `(req, res)`, or an object with `fetch`. TypeScript is
 * compiled on the way in.
 *
 * @param name - `file.ts`, `file.ts:callable`, or `file.ts:factory()`.
 * @param directory - Where a relative file name starts.
 * @throws {@link ConfigError} `UWB_ERR_APP_LOAD` that says what was looked for, what was found and what to do; an error of the
 *   module itself is its `cause`. `UWB_ERR_CONFIG` for options that contradict each other.
 *
 * @example
 * const loaded = await loadApp("app.ts", process.cwd());
 * await loaded.startup();
 * const worker = createWorker(loaded.application, { state: loaded.state });
 */
export async function loadApp(
  name: string,
  directory: string,
  options: LoadOptions = {},
): Promise<LoadedApp> {
  const { loadTimeoutMs = DEFAULT_LOAD_TIMEOUT_MS, mount = "strip" } = options;
  checkOptions(options, loadTimeoutMs);
  const appName = parseAppName(name);
  const path = modulePath(appName.file, directory);
  const capture = options.captureListen ? captureListen() : undefined;
  try {
    const step = `loading ${appName.file}`;
    const exports = flattenExports(await loadStep(step, loadTimeoutMs, () => importModule(path)));
    const search: Search = { name: appName, exports, capture, timeoutMs: loadTimeoutMs };
    const found = await findApplication(search, options.interface);
    const ready = await readyApplication(found, { mount, timeoutMs: loadTimeoutMs });
    const close = async (): Promise<void> => {
      await ready.close?.();
      capture?.finish();
    };
    const hooks = createHooks(exports, { file: appName.file, timeoutMs: loadTimeoutMs, close });
    return { ...hooks, application: ready.application, kind: found.kind };
  } finally {
    capture?.release();
  }
}

interface Search {
  readonly name: AppName;
  readonly exports: ModuleExports;
  readonly capture: ListenCapture | undefined;
  readonly timeoutMs: number;
}

async function findApplication(
  { name, exports, capture, timeoutMs }: Search,
  forced: Interface | undefined,
): Promise<FoundApplication> {
  const considered: NamedExport[] = [];
  for (const candidate of candidates(exports, name)) considered.push(await made(candidate, name, timeoutMs));
  const found = chooseApplication(considered, forced);
  if (found) return found;
  const mayCapture = capture !== undefined && (name.callable === undefined || name.isFactory);
  const captured = mayCapture ? await waitWithin(capture.server, timeoutMs) : undefined;
  if (captured) return { ...captured, name: "listen()", kind: "server" };
  const waitedMs = mayCapture ? timeoutMs : undefined;
  throw noApplication({ name, exports, considered, forced, waitedMs });
}

/** The value of an export: what the factory returns, and what a promise resolves to. */
async function made(
  { name, value }: NamedExport,
  { file, isFactory }: AppName,
  timeoutMs: number,
): Promise<NamedExport> {
  if (isFactory) {
    if (typeof value !== "function") {
      throw loadError(`the export ${name} of ${file} is no function: name it without ()`);
    }
    const run = async (): Promise<{ readonly made: unknown }> => ({
      made: await Reflect.apply(value, undefined, []),
    });
    return { name, value: (await loadStep(`${name}() of ${file}`, timeoutMs, run)).made };
  }
  if (!(value instanceof Promise)) return { name, value };
  return {
    name,
    value: await loadStep(`the promise ${name} of ${file}`, timeoutMs, () => value as Promise<unknown>),
  };
}

function checkOptions({ interface: forced, captureListen }: LoadOptions, loadTimeoutMs: number): void {
  checkRanges({ loadTimeoutMs }, { loadTimeoutMs: [1, 2 ** 31 - 1] });
  if (captureListen && forced !== undefined && forced !== "node") {
    throw new ConfigError(
      "captureListen",
      `a server that listens is a Node application: --capture-listen does not go with --interface ${forced}`,
    );
  }
}
