import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { connectHttp, header } from "../../support/raw-http.ts";
import { startStaticSite } from "../../support/static-site.ts";
import { writeTreeFile } from "../../support/static-tree.ts";
import { signal, until } from "../../support/wait.ts";

/** What goes wrong, and when. */
const faults = vi.hoisted(() => ({
  open: undefined as string | undefined,
  hasProc: true,
  slowness: Promise.resolve(),
}));

vi.mock("node:fs/promises", async (importOriginal) => {
  const real = await importOriginal<typeof import("node:fs/promises")>();
  const fail = (code: string): Promise<never> =>
    Promise.reject(Object.assign(new Error(`${code}: at /secret/path`), { code }));
  return {
    ...real,
    open: (...args: Parameters<typeof real.open>) => (faults.open ? fail(faults.open) : real.open(...args)),
    realpath: async (path: string) => {
      await faults.slowness;
      return real.realpath(path);
    },
    readlink: (path: string) => (faults.hasProc ? real.readlink(path) : fail("ENOENT")),
  };
});

afterEach(() => {
  faults.open = undefined;
  faults.hasProc = true;
  faults.slowness = Promise.resolve();
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

test("a client that leaves while the disk is asked is not passed on", async () => {
  const { app, endpoint, front, get } = await startStaticSite(({ www }) => ({ checkStatic: [www] }));
  const { promise, resolve } = signal();
  faults.slowness = promise;
  const socket = connectHttp(endpoint);
  socket.write("GET /nothing HTTP/1.1\r\nHost: a.test\r\n\r\n");
  await until(() => front.stats().openRequests === 1, "the request has come");
  socket.destroy();
  await until(() => front.stats().openRequests === 0, "the client has left");
  resolve();
  expect((await get("/another")).body).toBe("app");
  expect(app.calls).toBe(1);
});
