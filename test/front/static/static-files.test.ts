import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createFront } from "../../../src/front/front.ts";
import type { Endpoint } from "../../../src/net/endpoint.ts";
import { startFront } from "../../support/fronts.ts";
import { converseHttp, header } from "../../support/raw-http.ts";
import { startStaticSite } from "../../support/static-site.ts";
import { makeStaticTree, writeTreeFile } from "../../support/static-tree.ts";

const nobody: Endpoint = { type: "tcp", host: "127.0.0.1", port: 1 };

async function statusAndBody(endpoint: Endpoint, target: string, method = "GET") {
  const bytes = `${method} ${target} HTTP/1.1\r\nHost: a.test\r\n\r\n`;
  const { answers } = await converseHttp(endpoint, bytes, { methods: [method], enough: 1 });
  return [answers[0]?.status, answers[0]?.body];
}

test("files are served while no worker can be reached", async () => {
  const tree = await makeStaticTree();
  onTestFinished(() => tree.remove());
  const { endpoint } = await startFront([nobody], { staticMaps: { "/s": tree.www } });
  expect(await statusAndBody(endpoint, "/s/file.txt")).toEqual([200, "hello"]);
  expect((await statusAndBody(endpoint, "/other"))[0]).toBe(503);
});

test("without servers, what is no file is not found", async () => {
  const tree = await makeStaticTree();
  onTestFinished(() => tree.remove());
  const { endpoint } = await startFront([], { staticMaps: { "/s": tree.www }, checkStatic: [tree.www] });
  expect(await statusAndBody(endpoint, "/s/file.txt")).toEqual([200, "hello"]);
  expect(await statusAndBody(endpoint, "/file.txt")).toEqual([200, "hello"]);
  expect((await statusAndBody(endpoint, "/other"))[0]).toBe(404);
  expect((await statusAndBody(endpoint, "/other", "POST"))[0]).toBe(404);
});

test("a handler in another server serves files too", async () => {
  const tree = await makeStaticTree();
  onTestFinished(() => tree.remove());
  const front = createFront({ to: ["127.0.0.1:1"], staticMaps: { "/s": tree.www } });
  const server = createServer(front.handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    return front.close(0);
  });
  const { port } = server.address() as AddressInfo;
  const endpoint: Endpoint = { type: "tcp", host: "127.0.0.1", port };
  expect(await statusAndBody(endpoint, "/s/file.txt")).toEqual([200, "hello"]);
});

test("requests on one connection are answered in order, and the connection is kept", async () => {
  const { endpoint } = await startStaticSite(({ www }) => ({ staticMaps: { "/s": www } }));
  const targets = ["/s/file.txt", "/x", "/s/file.txt", "/s/nothing", "/s/docs/", "/s/file.txt"];
  const bytes = targets.map((target) => `GET ${target} HTTP/1.1\r\nHost: a.test\r\n\r\n`).join("");
  const { answers, end } = await converseHttp(endpoint, bytes);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404, 200, 200]);
  expect(answers.map(({ body }) => body)).toMatchObject({ 0: "hello", 1: "app", 2: "hello", 4: "<p>docs" });
  expect(end).toBe("open");
});

test("a client of HTTP/1.0 gets its file and the end", async () => {
  const { endpoint } = await startStaticSite(({ www }) => ({ staticMaps: { "/s": www } }));
  const { answers, end } = await converseHttp(endpoint, "GET /s/file.txt HTTP/1.0\r\n\r\n");
  expect([answers[0]?.status, answers[0]?.body, end]).toEqual([200, "hello", "fin"]);
});

test("a client that asks before it sends a body is not told to go on", async () => {
  const { ask } = await startStaticSite(({ www }) => ({ staticMaps: { "/s": www } }));
  const answer = await ask("PUT", "/s/file.txt", "Content-Length: 5", "Expect: 100-continue");
  expect([answer.status, header(answer, "connection")]).toEqual([405, "close"]);
});

describe("several maps", () => {
  test("the longest prefix counts, and a file may be mapped", async () => {
    const { get } = await startStaticSite(({ base, www }) => ({
      staticMaps: { "/": www, "/sub": join(base, "www/docs"), "/robots.txt": join(base, "secret.txt") },
    }));
    expect((await get("/file.txt")).body).toBe("hello");
    expect((await get("/sub/")).body).toBe("<p>docs");
    expect((await get("/sub/a.txt")).status).toBe(404);
    expect(await get("/robots.txt")).toMatchObject({ status: 200, body: "secret" });
    expect((await get("/robots.txt/")).status).toBe(404);
    expect((await get("/robots.txt/x")).status).toBe(404);
  });

  test("a map of the site serves .well-known, and nothing else that is hidden", async () => {
    const { get } = await startStaticSite(({ www }) => ({ staticMaps: { "/": www } }));
    expect((await get("/.well-known/x")).body).toBe("well known");
    expect((await get("/.git/config")).status).toBe(404);
    expect((await get("//evil.test/docs")).status).toBe(404);
  });

  test("a directory that does not exist holds nothing, which is said at the start", async () => {
    const { get, log, tree } = await startStaticSite(({ base, www }) => ({
      staticMaps: { "/s": join(base, "later"), "/t": www },
    }));
    expect((await get("/s/file.txt")).status).toBe(404);
    const warnings = log.lines.filter(({ level }) => level === "warn");
    expect(warnings.map(({ fields }) => fields["path"])).toEqual([join(tree.base, "later")]);
  });
});

describe("directories that are checked", () => {
  test("serve what they have, and everything else goes to the application", async () => {
    const { app, ask, get } = await startStaticSite(({ www }) => ({ checkStatic: [www] }));
    expect((await get("/file.txt")).body).toBe("hello");
    expect((await get("/docs/")).body).toBe("<p>docs");
    expect((await ask("HEAD", "/file.txt")).status).toBe(200);
    expect(header(await get("/docs"), "location")).toBe("/docs/");
    expect(app.calls).toBe(0);
    const others = [
      "/",
      "/nothing",
      "/.htaccess",
      "/link_out",
      "/fifo",
      "/sub/",
      "/sub",
      "/file.txt/",
      "//file.txt",
    ];
    for (const path of others) expect([path, (await get(path)).body]).toEqual([path, "app"]);
    expect((await ask("POST", "/file.txt", "Content-Length: 0")).body).toBe("app");
    expect(app.calls).toBe(others.length + 1);
  });

  test("are looked through in order, behind the maps", async () => {
    const { get } = await startStaticSite(({ base, www }) => ({
      checkStatic: [join(www, "sub"), www, join(base, "www-secret")],
      staticMaps: { "/docs": www },
    }));
    expect((await get("/a.txt")).body).toBe("sub a");
    expect((await get("/file.txt")).body).toBe("hello");
    expect((await get("/leak.txt")).body).toBe("secret");
    expect((await get("/docs/index.html")).status).toBe(404);
  });

  test("pass on a request with its body", async () => {
    const { endpoint, app } = await startStaticSite(({ www }) => ({ checkStatic: [www] }));
    const bytes = "GET /nothing HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc";
    const { answers } = await converseHttp(endpoint, bytes, { enough: 1 });
    expect([answers[0]?.body, app.calls]).toEqual(["app", 1]);
  });
});

describe("a fallback", () => {
  test("stands for paths without a file, but not for files that are missing", async () => {
    const { ask, get } = await startStaticSite(({ www }) => ({
      staticMaps: { "/spa": join(www, "sub") },
      staticFallbacks: { "/spa": join(www, "docs/index.html") },
      staticCacheControl: { "**": "max-age=60" },
    }));
    for (const path of ["/spa", "/spa/", "/spa/users/1", "/spa/users/"]) {
      const answer = await get(path);
      expect([path, answer.status, answer.body]).toEqual([path, 200, "<p>docs"]);
      expect(header(answer, "cache-control")).toBe("no-cache");
      expect(header(answer, "content-type")).toBe("text/html; charset=utf-8");
    }
    expect((await get("/spa/a.txt")).body).toBe("sub a");
    expect((await get("/spa/app.js")).status).toBe(404);
    expect((await get("/spa/.env")).status).toBe(404);
    expect((await get("/other")).body).toBe("app");
    expect((await ask("POST", "/spa/users", "Content-Length: 0")).status).toBe(405);
  });

  test("alone takes reads from the application, and nothing else", async () => {
    const { ask, get } = await startStaticSite(({ www }) => ({
      checkStatic: [www],
      staticFallbacks: { "/": join(www, "docs/index.html"), "/api": join(www, "nothing") },
    }));
    expect((await get("/users/1")).body).toBe("<p>docs");
    expect((await get("/file.txt")).body).toBe("hello");
    expect((await get("/missing.js")).body).toBe("app");
    expect((await get("/api/users")).body).toBe("app");
    expect((await ask("POST", "/users", "Content-Length: 0")).body).toBe("app");
  });
});

test("a file that the server may not read is forbidden", async () => {
  const { get, log, tree } = await startStaticSite(({ www }) => ({ staticMaps: { "/s": www } }));
  await writeTreeFile(join(tree.www, "closed/index.html"), "no");
  execFileSync("chmod", ["711", join(tree.www, "docs")]);
  execFileSync("chmod", ["0", join(tree.www, "closed")]);
  const isRoot = process.geteuid?.() === 0;
  // To root nothing is forbidden.
  if (isRoot) process.seteuid?.(65_534);
  try {
    expect((await get("/s/noperm.txt")).status).toBe(403);
    expect((await get("/s/closed/index.html")).status).toBe(403);
    expect((await get("/s/file.txt")).status).toBe(200);
    expect((await get("/s/docs/")).body).toBe("<p>docs");
  } finally {
    if (isRoot) process.seteuid?.(0);
    execFileSync("chmod", ["755", join(tree.www, "closed")]);
  }
  expect(log.codes).toEqual([]);
});
