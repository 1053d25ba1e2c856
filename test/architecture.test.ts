import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { expect, test } from "vitest";

/** Who may import whom. A folder always sees itself and the leaf files. */
const mayImport: Record<string, readonly string[]> = {
  codec: [],
  net: [],
  gateway: ["codec"],
  adapters: ["codec", "gateway"],
  client: ["codec", "net"],
  inspect: ["codec", "net"],
  worker: ["codec", "gateway", "net"],
  front: ["client", "codec", "net"],
  supervisor: ["net"],
  "serve.ts": ["front", "net", "supervisor"],
  cli: [
    "adapters",
    "client",
    "codec",
    "front",
    "gateway",
    "inspect",
    "net",
    "protocol",
    "serve.ts",
    "supervisor",
    "worker",
  ],
  protocol: ["codec"],
};
/** Files directly under `src` that every folder may import, and that import no folder. */
const leaves = ["errors.ts", "log.ts", "push-block.ts", "quantities.ts", "settings.ts", "version.ts"];
/** Folders that must run without any Node module. */
const sansIo = ["codec", "gateway"];
/**
 * Who may touch the process: Node creates a socket file with its umask, a child inherits its environment, and tsx is told of a tsconfig by a
 * variable only.
 */
const processExceptions: Record<string, readonly string[]> = {
  "src/adapters/import-module.ts": ["env"],
  "src/net/listen.ts": ["umask"],
  "src/net/shared-socket.ts": ["umask"],
  "src/supervisor/child.ts": ["env"],
};

const files = ["src", "protocol"]
  .flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: "utf8" }).map((file) => `${root}/${file}`),
  )
  .filter((file) => file.endsWith(".ts") && file !== "src/index.ts");

test.each(files)("%s imports only downwards", (file) => {
  const folder = folderOf(file);
  const targets = importsOf(read(file))
    .filter((text) => text.startsWith("."))
    .map((text) => folderOf(posix.join(posix.dirname(file), text)));
  const allowed = leaves.includes(folder) ? leaves : [folder, ...leaves, ...(mayImport[folder] ?? [])];
  expect(allowed).toEqual(expect.arrayContaining(targets));
});

test.each(files.filter((file) => sansIo.includes(folderOf(file))))("%s uses no Node module", (file) => {
  expect(importsOf(read(file)).filter((text) => text.startsWith("node:"))).toEqual([]);
});

test.each(files.filter((file) => folderOf(file) !== "cli"))(
  "%s leaves process state to the command line",
  (file) => {
    const uses = [...read(file).matchAll(/\bprocess\.(argv|env|exit|exitCode|on|once|umask|chdir)\b/g)];
    const allowed = processExceptions[file] ?? [];
    expect(uses.map(([, name = ""]) => name).filter((name) => !allowed.includes(name))).toEqual([]);
  },
);

test("the arrows themselves are checked: a planted import is found", () => {
  expect(importsOf('import type { A } from "../cli/main.ts";\nimport "node:net";')).toEqual([
    "../cli/main.ts",
    "node:net",
  ]);
  expect(folderOf("src/cli/commands/serve.ts")).toBe("cli");
  expect(folderOf("src/serve.ts")).toBe("serve.ts");
  expect(folderOf("protocol/x.ts")).toBe("protocol");
});

function read(file: string): string {
  return readFileSync(file, "utf8");
}

function importsOf(source: string): string[] {
  return [...source.matchAll(/\b(?:from|import|import\()\s*"([^"]+)"/g)].map(([, text = ""]) => text);
}

/** `src/codec/vars.ts` -> `codec`, `src/errors.ts` -> `errors.ts`, `protocol/x.ts` -> `protocol`. */
function folderOf(file: string): string {
  const [root = "", name = ""] = file.split("/");
  return root === "src" ? name : root;
}
