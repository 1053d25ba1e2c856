import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { serverEnv } from "../support/process.ts";

/** Where Debian's apache2 has its modules. */
export const APACHE_MODULES = "/usr/lib/apache2/modules";
/** In Debian's uWSGI all of these are plugins; where they are built in, naming them does no harm. */
export const UWSGI_PLUGINS = "python3,http,fastrouter,ping";

/** The servers, frameworks and clients to run against, and how to find out whether they are there. */
const installations = {
  nginx: () => answers("nginx", ["-v"]),
  apache: () => answers("apache2", ["-v"]) && existsSync(`${APACHE_MODULES}/mod_proxy_uwsgi.so`),
  lighttpd: () => answers("lighttpd", ["-v"]),
  uwsgi: () =>
    answers(
      "uwsgi",
      ["--plugins", UWSGI_PLUGINS, "--help"],
      /^(?=.*--fastrouter )(?=.*--ping )(?=.*--wsgi-file )/s,
    ),
  flask: () => canImport("flask"),
  django: () => canImport("django"),
  curl: () => answers("curl", ["--version"], /HTTP2/),
  wrk: () => answers("wrk", ["--version"]),
  ab: () => answers("ab", ["-V"]),
  requests: () => pythonWith("requests") !== undefined,
  chromium: () => answers("chromium", ["--version"], /Chromium/),
};

export type PeerName = keyof typeof installations;

export const peerNames = Object.keys(installations) as PeerName[];

export function isInstalled(peer: PeerName): boolean {
  return installations[peer]();
}

function answers(command: string, args: readonly string[], pattern = /./): boolean {
  const { stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", env: serverEnv });
  return error === undefined && pattern.test(stdout + stderr);
}

/** Asks the Python inside uWSGI, which need not be the one on the path. */
function canImport(module: string): boolean {
  const code = `import ${module}; print("imported " + ${module}.__name__)`;
  return answers("uwsgi", ["--plugin", "python3", "--no-server", "--eval", code], /imported/);
}

/** A Python that has a package: that of the path, or that of the system, which apt installs for. */
export function pythonWith(module: string): string | undefined {
  const code = `import ${module}; print("imported " + ${module}.__name__)`;
  return ["python3", "/usr/bin/python3"].find((python) => answers(python, ["-c", code], /^imported/));
}
