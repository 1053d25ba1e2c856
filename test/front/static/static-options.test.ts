import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createFront } from "../../../src/front/front.ts";
import { header } from "../../support/raw-http.ts";
import { startStaticSite } from "../../support/static-site.ts";

describe("options", () => {
  test("other names for the index, the first that is there", async () => {
    const { get } = await startStaticSite(({ www }) => ({
      staticMaps: { "/s": www },
      staticIndex: ["file.txt", "a.txt"],
    }));
    expect((await get("/s/")).body).toBe("hello");
    expect((await get("/s/sub/")).body).toBe("sub a");
    expect((await get("/s/docs/")).status).toBe(404);
  });

  test("Cache-Control by pattern, on every answer that stands for the file", async () => {
    const { get } = await startStaticSite(({ www }) => ({
      staticMaps: { "/s": www },
      staticCacheControl: { "/s/docs/*": "no-cache", "*.txt": "max-age=60" },
    }));
    const controls = [
      await get("/s/file.txt"),
      await get("/s/file.txt", "Range: bytes=0-1"),
      await get("/s/file.txt", "Range: bytes=0-1,3-4"),
      await get("/s/file.txt", "If-None-Match: *"),
      await get("/s/docs/"),
      await get("/s/app.js"),
      await get("/s/nothing.txt"),
    ].map((answer) => [answer.status, header(answer, "cache-control")]);
    expect(controls).toEqual([
      [200, "max-age=60"],
      [206, "max-age=60"],
      [206, "max-age=60"],
      [304, "max-age=60"],
      [200, "no-cache"],
      [200, undefined],
      [404, undefined],
    ]);
  });

  test("compressed files in another order, or none", async () => {
    const accept = "Accept-Encoding: br, gzip";
    const some = await startStaticSite(({ www }) => ({
      staticMaps: { "/s": www },
      staticPrecompressed: ["gzip", "br"],
    }));
    expect((await some.get("/s/app.js", accept)).body).toBe("gz script");
    const none = await startStaticSite(({ www }) => ({ staticMaps: { "/s": www }, staticPrecompressed: [] }));
    const answer = await none.get("/s/app.js", accept);
    expect([answer.body, header(answer, "vary")]).toEqual(["plain script", undefined]);
  });

  test("media types of one's own", async () => {
    const { get } = await startStaticSite(({ www }) => ({
      staticMaps: { "/s": www },
      staticTypes: { bak: "text/x-backup" },
    }));
    expect(header(await get("/s/file.txt.bak"), "content-type")).toBe("text/x-backup");
  });

  test("directories outside into which links may lead", async () => {
    const { get } = await startStaticSite(({ base, www }) => ({
      staticMaps: { "/s": www },
      staticSafe: [join(base, "nothing"), join(base, "www-secret")],
    }));
    expect((await get("/s/sib/leak.txt")).body).toBe("secret");
    expect((await get("/s/link_out")).status).toBe(404);
  });

  test("a directory that is itself a link", async () => {
    const { get } = await startStaticSite(({ base }) => ({ staticMaps: { "/s": join(base, "release") } }));
    expect((await get("/s/link_in")).body).toBe("hello");
    expect((await get("/s/sib/leak.txt")).status).toBe(404);
  });

  test.each([
    [{ staticMaps: { s: "." } }, "staticMaps"],
    [{ staticMaps: { "/s": "" } }, "staticMaps"],
    [{ staticFallbacks: { "/a/../b": "x" } }, "staticFallbacks"],
    [{ checkStatic: [""] }, "checkStatic"],
    [{ staticSafe: ["a\0"] }, "staticSafe"],
    [{ staticIndex: ["../secret"] }, "staticIndex"],
    [{ staticIndex: [".."] }, "staticIndex"],
    [{ staticCacheControl: { "*": "a\r\nX: y" } }, "staticCacheControl"],
    [{ staticTypes: { a: "b\n" } }, "staticTypes"],
    [{ staticPrecompressed: ["deflate" as "br"] }, "staticPrecompressed"],
    [{ staticMemoryBytes: -1 }, "staticMemoryBytes"],
    [{ to: [] }, "to"],
  ])("%j is refused", (options, option) => {
    const error = expect.objectContaining({ code: "UWB_ERR_CONFIG", option }) as Error;
    expect(() => createFront({ to: ["127.0.0.1:1"], ...options })).toThrow(error);
  });
});
