import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadApp } from "../../src/adapters/load-app.ts";
import { temporaryDirectory } from "../support/endpoints.ts";

// No TypeScript in this file: once it is loaded, its loader takes ES modules under any name.
test.each([
  ['import "node:fs";', "Cannot use import statement outside a module"],
  ["export default 1;", "Unexpected token 'export'"],
])("an ES module in a package of CommonJS: %s", async (source, says) => {
  const directory = await temporaryDirectory();
  onTestFinished(directory.remove);
  writeFileSync(join(directory.path, "package.json"), '{ "type": "commonjs" }');
  const path = join(directory.path, "a.js");
  writeFileSync(path, source);
  await expect(loadApp("a.js", directory.path)).rejects.toThrow(
    `loading a.js failed: SyntaxError: ${says} (${path}:1); ` +
      'it is an ES module: write "type": "module" into package.json, or name the file .mjs or .mts',
  );
});
