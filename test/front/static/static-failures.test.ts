import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { header } from "../../support/raw-http.ts";
import { startStaticSite } from "../../support/static-site.ts";
import { writeTreeFile } from "../../support/static-tree.ts";

/** What goes wrong, and when. */
const faults = vi.hoisted(() => ({ open: undefined as string | undefined, hasProc: true }));

vi.mock("node:fs/promises", async (importOriginal) => {
  const real = await importOriginal<typeof import("node:fs/promises")>();
  const fail = (code: string): Promise<never> =>
    Promise.reject(Object.assign(new Error(`${code}: at /secret/path`), { code }));
  return {
    ...real,
    open: (...args: Parameters<typeof real.open>) => (faults.open ? fail(faults.open) : real.open(...args)),
    readlink: (path: string) => (faults.hasProc ? real.readlink(path) : fail("ENOENT")),
  };
});

afterEach(() => {
  faults.open = undefined;
  faults.hasProc = true;
});

describe("when the system can not open a file", () => {
  test.each([
    { errno: "EMFILE", status: 503 },
    { errno: "ENFILE", status: 503 },
    { errno: "ENOMEM", status: 503 },
    { errno: "EIO", status: 500 },
    { errno: "EACCES", status: 403 },
    { errno: "ENOENT", status: 404 },
    { errno: "ELOOP", status: 404 },
    { errno: "ENXIO", status: 404 },
  ])("$errno is answered with $status", async ({ errno, status }) => {
    const { app, get, log } = await startStaticSite(({ www }) => ({ staticMaps: { "/s": www } }));
    faults.open = errno;
    const answer = await get("/s/file.txt");
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain("/secret");
    expect(header(answer, "retry-after")).toBe(status === 503 ? "1" : undefined);
    const requestId = header(answer, "x-request-id");
    const line = { code: "UWB_ERR_STATIC_FILE", errno, status, requestId };
    if (status >= 500) expect(log.lines[0]).toMatchObject({ level: "error", fields: line });
    else expect(log.codes).toEqual([]);
    expect(app.calls).toBe(0);
  });

  test("a directory that is checked does not pass the request on either: the file may be there", async () => {
    const { app, get } = await startStaticSite(({ www }) => ({ checkStatic: [www] }));
    faults.open = "EMFILE";
    expect((await get("/file.txt")).status).toBe(503);
    expect(app.calls).toBe(0);
    faults.open = undefined;
    expect((await get("/file.txt")).body).toBe("hello");
  });

  test("all who wait for the same file are told, and the next one gets it", async () => {
    const { get } = await startStaticSite(({ www }) => ({ staticMaps: { "/s": www } }));
    faults.open = "EMFILE";
    const answers = await Promise.all([1, 2, 3].map(() => get("/s/file.txt")));
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    faults.open = undefined;
    expect((await get("/s/file.txt")).status).toBe(200);
  });
});

describe("where the system does not tell the path of an open file", () => {
  test.each([
    { path: "/s/file.txt", status: 200 },
    { path: "/s/link_in", status: 200 },
    { path: "/s/docs/", status: 200 },
    { path: "/s/link_out", status: 404 },
    { path: "/s/sib/leak.txt", status: 404 },
    { path: "/s/dirlink/hostname", status: 404 },
    { path: "/s/fifo", status: 404 },
  ])("$path: $status", async ({ path, status }) => {
    const { get, tree } = await startStaticSite(({ www }) => ({ staticMaps: { "/s": www } }));
    await writeTreeFile(join(tree.www, "large.bin"), Buffer.alloc(100_000));
    faults.hasProc = false;
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain("secret");
    expect((await get("/s/large.bin")).body).toHaveLength(100_000);
  });
});
