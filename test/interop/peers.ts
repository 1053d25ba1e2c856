import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe } from "vitest";
import { serverEnv } from "../support/process.ts";

/** The servers and frameworks this suite runs against, and how to find out whether they are there. */
const peers = {
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
};

export type PeerName = keyof typeof peers;

export const peerNames = Object.keys(peers) as PeerName[];

/** Where Debian's apache2 has its modules. */
export const APACHE_MODULES = "/usr/lib/apache2/modules";
/** In Debian's uWSGI all of these are plugins; where they are built in, naming them does no harm. */
export const UWSGI_PLUGINS = "python3,http,fastrouter,ping";

/** With `UWSGI_BRIDGE_INTEROP=require` a missing peer is a failure, without it a reason to skip. */
export const arePeersRequired = process.env["UWSGI_BRIDGE_INTEROP"] === "require";

export function isInstalled(peer: PeerName): boolean {
  return peers[peer]();
}

/** A `describe` whose tests are skipped when one of the peers is missing, unless peers are required. */
export function describeWith(needed: readonly PeerName[], name: string, tests: () => void): void {
  describe.runIf(arePeersRequired || needed.every(isInstalled))(name, tests);
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
