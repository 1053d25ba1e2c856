import { type Environ, json, plain, type Route } from "../contract.ts";
import { countersOf } from "../counters.ts";

/** Routes that tell what the application was given. */
export const requestRoutes: Readonly<Record<string, Route>> = {
  hello: (_environ, startResponse) => plain(startResponse, "hello"),

  call: (_environ, startResponse, token) => {
    countersOf(token).calls += 1;
    return plain(startResponse, "called");
  },

  env: (environ, startResponse) =>
    json(
      startResponse,
      Object.fromEntries(Object.entries(environ).filter(([, value]) => typeof value === "string")),
    ),

  gateway: (environ, startResponse) =>
    json(startResponse, {
      version: environ["wsgi.version"],
      scheme: environ["wsgi.url_scheme"],
      input: hasMethods(environ["wsgi.input"], ["read", "readline", "readlines"]),
      errors: hasMethods(environ["wsgi.errors"], ["write", "writelines", "flush"]),
      run_once: environ["wsgi.run_once"],
      flags: ["wsgi.multithread", "wsgi.multiprocess"].every((name) => typeof environ[name] === "boolean"),
    }),

  mutate: (environ, startResponse) => {
    delete environ["PATH_INFO"];
    environ["SERVER_NAME"] = "overwritten";
    environ["HTTP_X_LEFT_BEHIND"] = "1";
    return plain(startResponse, "mutated");
  },

  url: (environ, startResponse) => plain(startResponse, requestUrl(environ)),

  log: async (environ, startResponse) => {
    const errors = environ["wsgi.errors"] as { write(text: string): void; flush(): Promise<void> };
    errors.write("a line with a wide character: \u20ac\n");
    await errors.flush();
    return plain(startResponse, "logged");
  },
};

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    names.every((name) => typeof Reflect.get(value, name) === "function")
  );
}

/** The URL as PEP 3333 rebuilds it. */
function requestUrl(environ: Environ): string {
  const value = (name: string): string => String(environ[name] ?? "");
  const scheme = value("wsgi.url_scheme");
  const usual = scheme === "https" ? "443" : "80";
  const port = value("SERVER_PORT") === usual ? "" : `:${value("SERVER_PORT")}`;
  const host = value("HTTP_HOST") || value("SERVER_NAME") + port;
  const query = value("QUERY_STRING") === "" ? "" : `?${value("QUERY_STRING")}`;
  return `${scheme}://${host}${value("SCRIPT_NAME")}${value("PATH_INFO")}${query}`;
}
