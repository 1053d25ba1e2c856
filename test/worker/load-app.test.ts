import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadApp, parseAppName } from "../../src/worker/load-app.ts";
import { temporaryDirectory } from "../support/endpoints.ts";

const GATEWAY = "(environ, startResponse) => { startResponse('200 OK', []); return []; }";

test.each([
  ["app.ts", { file: "app.ts", callable: undefined }],
  ["app.ts:admin", { file: "app.ts", callable: "admin" }],
  ["/srv/a:b/app.js", { file: "/srv/a:b/app.js", callable: undefined }],
  ["/srv/a:b/app.js:$x_1", { file: "/srv/a:b/app.js", callable: "$x_1" }],
])("%s names %o", (name, parsed) => {
  expect(parseAppName(name)).toEqual(parsed);
});

test.each([
  ["a named export", "app.mjs", `export const application = ${GATEWAY}; export default 1;`, "app.mjs"],
  ["the default export", "app.mjs", `export default ${GATEWAY};`, "app.mjs"],
  [
    "the export it is told to take",
    "app.mjs",
    `export const application = 1; export const b = ${GATEWAY};`,
    "app.mjs:b",
  ],
  [
    "TypeScript",
    "app.ts",
    `export const application = (e: object, s: (a: string, b: []) => void) => { s("200 OK", []); return []; };`,
    "app.ts",
  ],
  [
    "TypeScript that imports TypeScript",
    "app.ts",
    `import { a } from "./lib.ts"; export const application: unknown = a;`,
    "app.ts",
  ],
])("loads %s", async (_what, file, source, name) => {
  const directory = await directoryWith({
    [file]: source,
    "lib.ts": `export const a: unknown = ${GATEWAY};`,
  });
  const app = await loadApp(name, directory);
  expect(app).toBeTypeOf("function");
});

test("loads CommonJS, whose default export is module.exports", async () => {
  const directory = await directoryWith({ "app.cjs": `module.exports = ${GATEWAY};` });
  expect(await loadApp("app.cjs", directory)).toBeTypeOf("function");
});

test.each([
  ["a file that is not there", "missing.ts", {}, /missing\.ts does not exist/],
  ["a file that is no module", "app.py", { "app.py": "" }, /app\.py is no module: name a \.ts or \.js file/],
  ["an export that is not there", "a.mjs:b", { "a.mjs": "export const c = 1;" }, /no export b; it exports c/],
  [
    "a module without an application",
    "a.mjs",
    { "a.mjs": "" },
    /no export application or default; it exports nothing/,
  ],
  [
    "an export that is no function",
    "a.mjs",
    { "a.mjs": "export const application = {};" },
    /application of a\.mjs is no function, but an object/,
  ],
  [
    "a module that throws",
    "a.mjs",
    { "a.mjs": "throw new TypeError('no database');" },
    /TypeError: no database/,
  ],
  ["a module with a syntax error", "a.mjs", { "a.mjs": "export const = 1" }, /a\.mjs failed to load/],
])("names %s and what to do", async (_what, name, files, message) => {
  const directory = await directoryWith(files);
  await expect(loadApp(name, directory)).rejects.toMatchObject({
    name: "ConfigError",
    code: "UWB_ERR_APP_LOAD",
    message: expect.stringMatching(message) as string,
  });
});

test("the error of the module is the cause", async () => {
  const directory = await directoryWith({ "a.mjs": "throw new RangeError('x');" });
  await expect(loadApp("a.mjs", directory)).rejects.toMatchObject({
    cause: expect.any(RangeError) as RangeError,
  });
});

async function directoryWith(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await temporaryDirectory();
  onTestFinished(directory.remove);
  mkdirSync(directory.path, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory.path, name), text);
  return directory.path;
}
