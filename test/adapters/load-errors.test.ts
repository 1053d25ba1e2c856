import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { type LoadOptions, loadApp } from "../../src/adapters/load-app.ts";
import { temporaryDirectory } from "../support/endpoints.ts";

const APPS = fileURLToPath(new URL("apps/", import.meta.url));
/** Long enough to import a module on a busy machine. */
const SHORT = { loadTimeoutMs: 500 };

interface Row {
  readonly what: string;
  readonly name: string;
  readonly options?: LoadOptions;
  readonly says: readonly (string | RegExp)[];
}

const rows: readonly Row[] = [
  { what: "a file that is not there", name: "missing.ts", says: [/missing\.ts does not exist$/] },
  {
    what: "a file that is no module",
    name: "app.py",
    says: ["app.py is no module: name a .ts or .js file, as file.ts or file.ts:callable"],
  },
  {
    what: "a module that throws",
    name: "throwing-quietly.mjs",
    says: [
      "loading throwing-quietly.mjs failed: RangeError: no database",
      /\(\/.*\/apps\/throwing-quietly\.mjs:1:7\)$/,
    ],
  },
  {
    what: "a module that hangs",
    name: "hanging.mjs",
    options: SHORT,
    says: [
      "loading hanging.mjs did not finish within 500 ms",
      "an await that never settles",
      "--load-timeout",
    ],
  },
  {
    what: "a module that exports nothing",
    name: "empty.mjs",
    says: [
      "empty.mjs has no export application or default. It exports nothing.",
      "Expected: a function (req, res), an http.Server,",
      "an object with fetch, or a function (environ, startResponse).",
      'Write "export default app"',
      "if the module calls listen() itself, add --capture-listen",
    ],
  },
  {
    what: "a module that exports nothing usable",
    name: "unusable.mjs",
    says: [
      "the export default of unusable.mjs is an object (Object): no application.",
      /It exports .*port \(a number\)/,
      /It exports .*App \(a class\)/,
      /It exports .*handler \(a function \(req, res\)\)/,
      "or name another export as unusable.mjs:",
    ],
  },
  {
    what: "a CommonJS module that assigns no exports",
    name: "unassigned.cjs",
    says: [
      "unassigned.cjs exports an empty object: no application. It exports nothing.",
      'Write "export default app", or "module.exports = app" in CommonJS',
    ],
  },
  {
    what: "a CommonJS module that exports an object with the application in it",
    name: "assigned-names.cjs",
    says: [
      /It exports default \(an object \(Object\)\), app \(a function \(req, res\)\), port \(a number\)\./,
      "or name another export as assigned-names.cjs:app;",
    ],
  },
  {
    what: "an export that is not there",
    name: "unusable.mjs:app",
    says: ["unusable.mjs has no export app. It exports App (a class), "],
  },
  {
    what: "an export that can not be run",
    name: "unusable.mjs:App",
    says: ["the export App of unusable.mjs is a class: no application."],
  },
  {
    what: "an export that is no fetch handler, although the user says so",
    name: "koa.mjs",
    options: { interface: "fetch" },
    says: [
      "the export default of koa.mjs is a Koa application: no application for --interface fetch.",
      "Expected: a function, or an object with a method fetch.",
    ],
  },
  {
    what: "an export that is no Node application, although the user says so",
    name: "hono.ts",
    options: { interface: "node" },
    says: ["is a fetch handler: no application for --interface node.", "Expected: a function (req, res), "],
  },
  {
    what: "an export that is no gateway application, although the user says so",
    name: "server.mjs",
    options: { interface: "gateway" },
    says: ["is an http.Server: no application", "Expected: a function (environ, startResponse)."],
  },
  {
    what: "a factory that is none",
    name: "unusable.mjs:port()",
    says: ["the export port of unusable.mjs is no function: name it without ()"],
  },
  {
    what: "a factory that throws",
    name: "factories.mjs:createFailing()",
    says: [
      /^createFailing\(\) of factories\.mjs failed: TypeError: no database \(.*\/factories\.mjs:\d+:\d+\)$/,
    ],
  },
  {
    what: "a factory that hangs",
    name: "factories.mjs:createHanging()",
    options: SHORT,
    says: ["createHanging() of factories.mjs did not finish within 500 ms"],
  },
  {
    what: "a factory that returns something else",
    name: "factories.mjs:createNothing()",
    says: ["what createNothing() of factories.mjs returned is an object (Object): no application."],
  },
  {
    what: "a framework that does not get ready",
    name: "fastify-broken.mjs:app",
    says: ["ready() of the Fastify application failed: Error: no such table"],
  },
  {
    what: "a module that neither exports nor listens",
    name: "empty.mjs",
    options: { ...SHORT, captureListen: true },
    says: ["has no export application or default, and no HTTP server listened within 500 ms."],
  },
];

test.each(rows)("$what", async ({ name, options, says }) => {
  const error: unknown = await loadApp(name, APPS, options).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: "ConfigError", code: "UWB_ERR_APP_LOAD", option: "app" });
  const { message } = error as Error;
  expect(
    says.filter((text) => (typeof text === "string" ? !message.includes(text) : !text.test(message))),
  ).toEqual([]);
});

test("a module with a syntax error", async () => {
  const directory = await temporaryDirectory();
  onTestFinished(directory.remove);
  writeFileSync(join(directory.path, "a.mjs"), "export const = 1");
  await expect(loadApp("a.mjs", directory.path)).rejects.toThrow(/^loading a\.mjs failed: SyntaxError: /);
});

test("the error of a module that the application requires names the line", async () => {
  const directory = await temporaryDirectory();
  onTestFinished(directory.remove);
  writeFileSync(join(directory.path, "app.cjs"), 'module.exports = require("./settings.cjs");');
  const settings = join(directory.path, "settings.cjs");
  writeFileSync(settings, "\nmodule.exports = undefined.host;");
  await expect(loadApp("app.cjs", directory.path)).rejects.toThrow(
    `loading app.cjs failed: TypeError: Cannot read properties of undefined (reading 'host') (${settings}:2:28)`,
  );
});

test("a TypeScript file with a top-level await that is taken for CommonJS", async () => {
  const directory = await temporaryDirectory();
  onTestFinished(directory.remove);
  writeFileSync(join(directory.path, "package.json"), '{ "type": "commonjs" }');
  writeFileSync(join(directory.path, "a.ts"), "export default await 1;");
  await expect(loadApp("a.ts", directory.path)).rejects.toThrow(
    /a\.ts:1:15: ERROR: Top-level await .*; it is an ES module: write "type": "module" into package\.json/,
  );
});

test("the error of the module is the cause", async () => {
  const cause: unknown = expect.any(RangeError);
  await expect(loadApp("throwing-quietly.mjs", APPS)).rejects.toMatchObject({ cause });
});

test("a hook startup that fails, or hangs, is named", async () => {
  const failing = await loadApp("startup-failing.mjs", APPS);
  await expect(failing.startup()).rejects.toMatchObject({
    code: "UWB_ERR_APP_LOAD",
    message: expect.stringMatching(
      /^the hook startup of startup-failing\.mjs failed: TypeError: no database \(.*:2:9\)$/,
    ) as string,
    cause: expect.any(TypeError) as TypeError,
  });
  const hanging = await loadApp("startup-hanging.mjs", APPS, SHORT);
  await expect(hanging.startup()).rejects.toMatchObject({
    code: "UWB_ERR_APP_LOAD",
    message: expect.stringMatching(
      /^the hook startup of startup-hanging\.mjs did not finish within 500 ms/,
    ) as string,
  });
});

test.each([
  [{ loadTimeoutMs: 0 }, "loadTimeoutMs", /from 1 to 2147483647, got 0/],
  [{ captureListen: true, interface: "fetch" }, "captureListen", /does not go with --interface fetch/],
  [{ captureListen: true, interface: "gateway" }, "captureListen", /does not go with --interface gateway/],
] as const)("%o is refused before anything is loaded", async (options, option, message) => {
  await expect(loadApp("throwing-quietly.mjs", APPS, options)).rejects.toMatchObject({
    code: "UWB_ERR_CONFIG",
    option,
    message: expect.stringMatching(message) as string,
  });
});
