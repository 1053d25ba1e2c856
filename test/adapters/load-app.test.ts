import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadApp } from "../../src/adapters/load-app.ts";
import { runToEnd } from "../gateway/run-gateway.ts";
import { temporaryDirectory } from "../support/endpoints.ts";

const GATEWAY = "(environ, startResponse) => { startResponse('200 OK', []); return []; }";
const BRAND = "Symbol.for('uwsgi_bridge.application')";
const branded = (text: string): string =>
  `Object.defineProperty(${gateway(text)}, ${BRAND}, { value: true })`;
const PATHS = '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }';

interface Row {
  readonly what: string;
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Each answers `right`. */
const rows: readonly Row[] = [
  {
    what: "the export application before the default one",
    name: "a.mjs",
    files: {
      "a.mjs": `export const application = ${gateway("right")}; export default (q, s) => s.end("wrong");`,
    },
  },
  {
    what: "a branded default export before an unbranded application",
    name: "a.mjs",
    files: { "a.mjs": `export const application = ${gateway("wrong")}; export default ${branded("right")};` },
  },
  {
    what: "the default export beside an application that can not be run",
    name: "a.mjs",
    files: { "a.mjs": `export const application = { name: "x" }; export default ${listener("right")};` },
  },
  {
    what: "the export it is told to take",
    name: "a.mjs:b",
    files: {
      "a.mjs": `export const application = ${gateway("wrong")}; export const b = ${listener("right")};`,
    },
  },
  {
    what: "an unbranded function of another name as (req, res)",
    name: "a.mjs:b",
    files: { "a.mjs": `export const b = ${listener("right")};` },
  },
  {
    what: "a promise of an application",
    name: "a.mjs",
    files: { "a.mjs": `export default Promise.resolve(${listener("right")});` },
  },
  {
    what: "a factory of gateway applications by its name",
    name: "a.mjs:application()",
    files: { "a.mjs": `export const application = async () => ${gateway("right")};` },
  },
  { what: "module.exports", name: "a.cjs", files: { "a.cjs": `module.exports = ${listener("right")};` } },
  {
    what: "module.exports.application",
    name: "a.cjs",
    files: { "a.cjs": `module.exports.application = ${gateway("right")};` },
  },
  {
    what: "module.exports.default without the mark of a compiler",
    name: "a.cjs",
    files: { "a.cjs": `module.exports.default = ${listener("right")};` },
  },
  {
    what: "module.exports.default of a function, which is itself the application",
    name: "a.cjs",
    files: { "a.cjs": `module.exports = ${listener("right")}; module.exports.default = module.exports;` },
  },
  {
    what: "a property of module.exports that Node does not see",
    name: "a.cjs:b",
    files: { "a.cjs": `const all = {}; all["b"] = ${listener("right")}; module.exports = all;` },
  },
  {
    what: "the name application compiled to CommonJS",
    name: "a.cjs",
    files: {
      "a.cjs": `const all = { application: ${gateway("right")} };
        Object.defineProperty(all, "__esModule", { value: true }); module.exports = all;`,
    },
  },
  {
    what: "TypeScript that imports TypeScript",
    name: "a.ts",
    files: {
      "package.json": '{ "type": "module" }',
      "a.ts": `import { app } from "./lib.ts"; export const application: unknown = app;`,
      "lib.ts": `export const app: unknown = ${gateway("right")};`,
    },
  },
  {
    what: "TypeScript in a package of CommonJS, through a path of its tsconfig",
    name: "src/a.ts",
    files: {
      "package.json": '{ "type": "commonjs" }',
      "tsconfig.json": PATHS,
      "lib/text.ts": `export const text: string = "right";`,
      "src/a.ts": `import { text } from "@lib/text"; const app = (q: object, s: any) => s.end(text); export default app;`,
    },
  },
  {
    what: "TypeScript with require",
    name: "a.cts",
    files: {
      "lib.cts": `export const text: string = "right";`,
      "a.cts": `const { text } = require("./lib.cts"); module.exports = (q: object, s: any) => s.end(text);`,
    },
  },
];

test.each(rows)("takes $what", async ({ name, files }) => {
  const { application } = await loadApp(name, await directoryWith(files));
  expect(await runToEnd(application)).toMatchObject({ status: "200 OK", body: "right" });
});

test("registering a tsconfig leaves no trace in the environment", async () => {
  const before = process.env["TSX_TSCONFIG_PATH"];
  await loadApp(
    "a.ts",
    await directoryWith({ "tsconfig.json": PATHS, "a.ts": `export default ${GATEWAY};` }),
  );
  expect(process.env["TSX_TSCONFIG_PATH"]).toBe(before);
});

describe("hooks", () => {
  const source = `
    export const startup = async (state) => { await null; state.calls = ["startup"]; };
    export const shutdown = (state) => { state.calls.push("shutdown"); };
    export default ${GATEWAY};`;

  test("startup and shutdown get the same state", async () => {
    const loaded = await loadApp("a.mjs", await directoryWith({ "a.mjs": source }));
    expect(loaded.state).toEqual({});
    await loaded.startup();
    expect(loaded.state).toEqual({ calls: ["startup"] });
    await Promise.all([loaded.shutdown(), loaded.shutdown()]);
    expect(loaded.state).toEqual({ calls: ["startup", "shutdown"] });
  });

  test("those of compiled modules are found", async () => {
    const text = `Object.defineProperty(module.exports = {
      get application() { return ${GATEWAY}; }, get startup() { return (state) => { state.isStarted = true; }; },
    }, "__esModule", { value: true });`;
    const loaded = await loadApp("a.cjs", await directoryWith({ "a.cjs": text }));
    await loaded.startup();
    expect(loaded.state).toEqual({ isStarted: true });
  });

  test("a module without hooks, or with other things of their names, has nothing to do", async () => {
    const files = { "a.mjs": `export const startup = 1; export default ${GATEWAY};` };
    const loaded = await loadApp("a.mjs", await directoryWith(files));
    await loaded.startup();
    await loaded.shutdown();
    expect(loaded.state).toEqual({});
  });

  test("a framework is closed after shutdown, even when that fails", async () => {
    const text = `
      const calls = [];
      export const shutdown = (state) => { state.calls = calls; calls.push("shutdown"); throw new TypeError("no"); };
      export default { ready: async () => calls.push("ready"), routing: ${listener("x")}, close: () => calls.push("close") };`;
    const loaded = await loadApp("a.mjs", await directoryWith({ "a.mjs": text }));
    await expect(loaded.shutdown()).rejects.toThrow(new TypeError("no"));
    expect(loaded.state).toEqual({ calls: ["ready", "shutdown", "close"] });
  });
});

function gateway(text: string): string {
  return `(environ, startResponse) => { startResponse("200 OK", []); return [Buffer.from("${text}")]; }`;
}

function listener(text: string): string {
  return `(request, response) => response.end("${text}")`;
}

async function directoryWith(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await temporaryDirectory();
  onTestFinished(directory.remove);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory.path, name)), { recursive: true });
    writeFileSync(join(directory.path, name), text);
  }
  return directory.path;
}
