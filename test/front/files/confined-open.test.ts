import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { isInside, openConfined } from "../../../src/front/files/confined-open.ts";
import { makeStaticTree, type StaticTree, writeTreeFile } from "../../support/static-tree.ts";

let tree: StaticTree;

beforeAll(async () => {
  tree = await makeStaticTree();
});

afterAll(() => tree.remove());

async function typeOf(path: string, ...segments: readonly string[]): Promise<string> {
  const root = join(tree.base, path);
  const opened = await openConfined(join(root, ...segments), [root]);
  if (opened.type === "file") await opened.handle.close();
  return opened.type;
}

test.each([
  { path: "www", segments: ["file.txt"], type: "file" },
  { path: "www", segments: ["sub", "a.txt"], type: "file" },
  { path: "www", segments: ["link_in"], type: "file" },
  { path: "www", segments: [], type: "directory" },
  { path: "www", segments: ["sub"], type: "directory" },
  { path: "release", segments: ["file.txt"], type: "file" },
  { path: "www/file.txt", segments: [], type: "file" },
  { path: "www/link_in", segments: [], type: "file" },
  { path: "www/file.txt", segments: ["x"], type: "missing" },
  { path: "www", segments: ["fifo"], type: "special" },
  { path: "www", segments: ["device"], type: "outside" },
  { path: "www", segments: ["link_out"], type: "outside" },
  { path: "www", segments: ["sib", "leak.txt"], type: "outside" },
  { path: "www", segments: ["sib"], type: "outside" },
  { path: "www", segments: ["loop"], type: "missing" },
  { path: "www", segments: ["dangling"], type: "missing" },
  { path: "www", segments: ["a".repeat(300)], type: "missing" },
  { path: "nothing", segments: ["file.txt"], type: "missing" },
  // The caller refuses these; they must not lead out all the same.
  { path: "www", segments: ["..", "secret.txt"], type: "outside" },
  { path: "www", segments: ["../www-secret/leak.txt"], type: "outside" },
])("$path $segments: $type", async ({ path, segments, type }) => {
  expect(await typeOf(path, ...segments)).toBe(type);
});

test("what is neither missing nor forbidden is thrown", async () => {
  await expect(openConfined("/a\0b", ["/a\0b"])).rejects.toThrow();
});

test.each([
  ["/www", true],
  ["/www/a", true],
  ["/www-secret", false],
  ["/www-secret/a", false],
  ["/ww", false],
  ["/", false],
])("%s is inside /www: %s", (path, isIt) => {
  expect(isInside(path, ["/www"])).toBe(isIt);
});

test("everything is inside /", () => {
  expect(isInside("/a", ["/"])).toBe(true);
});

describe("while another program changes the tree", () => {
  /** Changes the tree without pause on a thread of its own, until the test is over. */
  function meanwhile(change: string): void {
    const code = `
      const { renameSync, rmSync, symlinkSync, writeFileSync } = require("node:fs");
      const base = ${JSON.stringify(tree.base)};
      for (;;) { ${change} }`;
    const worker = new Worker(code, { eval: true });
    onTestFinished(async () => {
      await worker.terminate();
    });
  }

  async function read(path: string, segments: readonly string[]): Promise<string> {
    const opened = await openConfined(join(path, ...segments), [path]);
    if (opened.type !== "file") return opened.type;
    const content = await opened.handle.readFile("utf8");
    await opened.handle.close();
    return content;
  }

  async function readOften(path: string, ...segments: readonly string[]): Promise<Set<string>> {
    const seen = new Set<string>();
    for (let round = 0; round < 500; round += 1) {
      const contents = await Promise.all([1, 2, 3, 4].map(() => read(path, segments)));
      for (const content of contents) seen.add(content);
    }
    return seen;
  }

  test("a directory that is a link to the outside now and then lets nothing out", async () => {
    await writeTreeFile(join(tree.www, "inside/leak.txt"), "fine");
    meanwhile(`
      renameSync(base + "/www/inside", base + "/www/away");
      symlinkSync("../www-secret", base + "/www/inside");
      rmSync(base + "/www/inside");
      renameSync(base + "/www/away", base + "/www/inside");`);
    const seen = await readOften(tree.www, "inside", "leak.txt");
    expect(seen).toContain("fine");
    expect(seen).not.toContain("secret");
  });

  test("a file that is replaced is always there", async () => {
    await writeTreeFile(join(tree.www, "replaced.txt"), "fine");
    meanwhile(`
      writeFileSync(base + "/new", "fine");
      renameSync(base + "/new", base + "/www/replaced.txt");`);
    expect([...(await readOften(tree.www, "replaced.txt"))]).toEqual(["fine"]);
    expect([...(await readOften(join(tree.www, "replaced.txt")))]).toEqual(["fine"]);
  });
});
