import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { FileStore } from "../../../src/front/static/file-store.ts";
import { STATIC_DEFAULTS } from "../../../src/front/static/static-options.ts";
import { type StaticPlace, StaticRoutes } from "../../../src/front/static/static-routes.ts";
import { startFront } from "../../support/fronts.ts";
import { converseHttp } from "../../support/raw-http.ts";
import { makeStaticTree, type StaticTree, writeTreeFile } from "../../support/static-tree.ts";
import { startWorker, textApp } from "../../support/workers.ts";

async function makeTree(): Promise<StaticTree> {
  const tree = await makeStaticTree();
  onTestFinished(() => tree.remove());
  return tree;
}

/** What differs from one answer to the next. */
function withoutNoise(raw: string): string {
  const [, boundary] = /boundary=(\w+)/.exec(raw) ?? [];
  const isError = /^HTTP\/1\.1 4/.test(raw);
  // The id of a request is in the page that says what was wrong, and becomes longer now and then.
  const text = raw
    .replace(/^Date: .*$/m, "Date:")
    .replace(/^(X-Request-Id:|request) .*$/gm, "$1")
    .replace(isError ? /^Content-Length: .*$/m : "", "");
  return boundary === undefined ? text : text.replaceAll(boundary, "BOUNDARY");
}

const SIZES = [0, 1, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537];
const FIELDS = [
  "X-A: b",
  "Range: bytes=0-0",
  "Range: bytes=-1",
  "Range: bytes=0-0,-1",
  "Range: bytes=0-,0-",
  "Range: bytes=99999999-",
  "If-None-Match: *",
  'If-Match: "x"',
  "If-Modified-Since: Mon, 06 May 2024 07:08:09 GMT",
  "Accept-Encoding: gzip",
];

describe.each(SIZES)("a file of %i bytes", (size) => {
  test("is answered the same from the disk, from memory, and without memory", async () => {
    const tree = await makeTree();
    // Every byte there is: none may change on its way.
    const content = Buffer.from(Array.from({ length: size }, (_, index) => (index * 7 + (index >> 8)) % 256));
    await writeTreeFile(join(tree.www, "f.bin"), content);
    await writeTreeFile(join(tree.www, "g.bin"), content);
    await writeTreeFile(join(tree.www, "g.bin.gz"), content);
    const { endpoint: to } = await startWorker(textApp("app"));
    const options = { staticMaps: { "/s": tree.www } };
    const { endpoint } = await startFront([to], options);
    const { endpoint: forgetful } = await startFront([to], { ...options, staticMemoryBytes: 0 });
    for (const method of ["GET", "HEAD"]) {
      for (const [index, field] of FIELDS.entries()) {
        const path = index % 2 === 0 ? "/s/f.bin" : "/s/g.bin";
        const bytes = `${method} ${path} HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n${field}\r\n\r\n`;
        const [first, second, third] = [
          await converseHttp(forgetful, bytes, { methods: [method], quietMs: 5000 }),
          await converseHttp(endpoint, bytes, { methods: [method], quietMs: 5000 }),
          await converseHttp(endpoint, bytes, { methods: [method], quietMs: 5000 }),
        ].map(({ raw }) => withoutNoise(raw));
        expect([method, field, second === first, third === first]).toEqual([method, field, true, true]);
        if (field === "X-A: b" && method === "GET")
          expect(first?.endsWith(`\r\n\r\n${content.toString("latin1")}`)).toBe(true);
      }
    }
  });
});

describe("FileStore", () => {
  async function makeStore(maxBytes = 1_000_000) {
    const tree = await makeTree();
    const settings = { ...STATIC_DEFAULTS, staticMaps: { "/s": tree.www }, staticMemoryBytes: maxBytes };
    const routes = new StaticRoutes(settings, true);
    const places = (path: string): readonly StaticPlace[] => {
      const route = routes.route("GET", path);
      return typeof route === "object" ? route.places : [];
    };
    return { tree, places, store: new FileStore(settings) };
  }

  test("remembers small files, and that there is none", async () => {
    const { places, store } = await makeStore();
    for (const path of ["/s/file.txt", "/s/nothing", "/s/docs"]) {
      expect(store.recall(places(path))).toBeUndefined();
      const found = await store.find(places(path));
      expect(store.recall(places(path))).toBe(found);
    }
  });

  test("forgets within a second", async () => {
    const { places, store } = await makeStore();
    await store.find(places("/s/file.txt"));
    const later = performance.now() + 1000;
    vi.spyOn(performance, "now").mockReturnValue(later);
    onTestFinished(() => void vi.restoreAllMocks());
    expect(store.recall(places("/s/file.txt"))).toBeUndefined();
  });

  test("does not remember large files, which are open", async () => {
    const { places, store, tree } = await makeStore();
    await writeTreeFile(join(tree.www, "large.bin"), Buffer.alloc(65_537));
    const found = await store.find(places("/s/large.bin"));
    expect(found).toMatchObject({ type: "file", file: { isInMemory: false } });
    expect(store.recall(places("/s/large.bin"))).toBeUndefined();
    const content = found.type === "file" ? found.file.plain.content : undefined;
    if (content?.type === "handle") await content.handle.close();
  });

  test("asks the disk once for all who ask at the same time", async () => {
    const { places, store } = await makeStore(0);
    const found = await Promise.all([1, 2, 3].map(() => store.find(places("/s/file.txt"))));
    expect(new Set(found).size).toBe(1);
    expect(await store.find(places("/s/file.txt"))).not.toBe(found[0]);
  });

  test("gives each of them a handle of their own where there is one", async () => {
    const { places, store, tree } = await makeStore();
    await writeTreeFile(join(tree.www, "large.bin"), Buffer.alloc(65_537));
    const found = await Promise.all([1, 2, 3].map(() => store.find(places("/s/large.bin"))));
    const handles = found.flatMap((each) => {
      const content = each.type === "file" ? each.file.plain.content : undefined;
      return content?.type === "handle" ? [content.handle] : [];
    });
    expect(new Set(handles).size).toBe(3);
    await Promise.all(handles.map((handle) => handle.close()));
  });

  test("remembers nothing of a search that failed", async () => {
    const { places, store } = await makeStore();
    const [place] = places("/s/file.txt");
    const broken = { ...(place as StaticPlace), roots: [{ path: "/a\0", safe: [] }] };
    await expect(Promise.all([store.find([broken]), store.find([broken])])).rejects.toThrow();
    expect((await store.find(places("/s/file.txt"))).type).toBe("file");
  });
});
