import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parseAddressList } from "../../../src/front/access/address-list.ts";
import { createFront } from "../../../src/front/front.ts";
import { temporaryDirectory } from "../../support/endpoints.ts";

test.each([
  { option: "allow", given: { allow: ["a.test"] } },
  { option: "deny", given: { deny: ["10.0.0.0/33"] } },
  { option: "allowFiles", given: { allowFiles: [""] } },
  { option: "denyFiles", given: { denyFiles: ["/nowhere/deny.txt"] } },
  { option: "allowMethods", given: { allowMethods: ["get"] } },
  { option: "denyPaths", given: { denyPaths: ["*.php"] } },
])("$given is refused with the name of the option", ({ option, given }) => {
  expect(() => createFront({ to: ["127.0.0.1:1"], ...given })).toThrow(
    expect.objectContaining({ name: "ConfigError", option }),
  );
});

test("a file with lines that are no entries is refused with their numbers", async () => {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  const file = join(path, "deny.txt");
  await writeFile(file, "10.0.0.0/8\nnonsense\n\n# comment\n10.0.0.0/99\n");
  expect(() => createFront({ to: ["127.0.0.1:1"], denyFiles: [file] })).toThrow(/deny\.txt.* in line 2, 5$/);
});

test.each([
  ["", [], []],
  ["10.0.0.0/8\n::1\n", ["10.0.0.0/8", "::1"], []],
  ["\n  10.0.0.1  # the printer\r\n#all\n\tunix", ["10.0.0.1", "unix"], []],
  ["x\n10.0.0.1\n10.0.0.1 10.0.0.2\n#\nall", ["10.0.0.1", "all"], [1, 3]],
])("the list %j", (text, entries, faults) => {
  expect(parseAddressList(text)).toEqual({ entries, faults });
});
