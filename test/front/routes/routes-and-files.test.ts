import { describe, expect, onTestFinished, test } from "vitest";
import type { FrontOptions } from "../../../src/front/options.ts";
import { formatEndpoint } from "../../../src/net/endpoint.ts";
import { startFront } from "../../support/fronts.ts";
import { converseHttp, header } from "../../support/raw-http.ts";
import { refusingAddress } from "../../support/rude-peers.ts";
import { makeStaticTree } from "../../support/static-tree.ts";
import { startWorker, textApp } from "../../support/workers.ts";

/** Ask several paths one after the other of a front that serves `www`. */
async function bodiesOf(
  options: (www: string) => FrontOptions,
  paths: readonly string[],
  host = "a.test",
): Promise<string[]> {
  const { www, remove } = await makeStaticTree();
  onTestFinished(remove);
  const { endpoint } = await startFront([], options(www));
  const bodies: string[] = [];
  for (const path of paths) {
    const bytes = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    const { answers } = await converseHttp(endpoint, bytes, { enough: 1, quietMs: 5000 });
    const [answer] = answers;
    bodies.push(answer?.status === 200 ? answer.body : String(answer?.status));
  }
  return bodies;
}

describe("the most specific prefix wins", () => {
  const paths = ["/file.txt", "/s/file.txt", "/s/api/file.txt", "/s/none", "/x"];

  test("files below a route for everything", async () => {
    const routes = [{ path: "/", respond: "app" }];
    const bodies = await bodiesOf((www) => ({ routes, staticMaps: { "/s": www } }), paths);
    expect(bodies).toEqual(["app", "hello", "404", "404", "app"]);
  });

  test("a route below the files", async () => {
    const routes = [{ path: "/s/api", respond: "api" }];
    const bodies = await bodiesOf((www) => ({ routes, staticMaps: { "/": www, "/s": www } }), paths);
    expect(bodies).toEqual(["hello", "hello", "api", "404", "404"]);
  });

  test("files before a route of the same prefix", async () => {
    const routes = [{ path: "/s", respond: "route" }];
    const bodies = await bodiesOf((www) => ({ routes, staticMaps: { "/s/": www } }), paths);
    expect(bodies).toEqual(["404", "hello", "404", "404", "404"]);
  });

  test("pages for what is missing, and directories that are looked into, are for the whole site", async () => {
    const routes = [
      { path: "/s", respond: "route" },
      { path: "/", respond: "app" },
    ];
    const options = (www: string) => ({
      routes,
      checkStatic: [www],
      staticFallbacks: { "/": `${www}/a.txt` },
    });
    const bodies = await bodiesOf(options, [...paths, "/x.js"]);
    expect(bodies.slice(0, 4)).toEqual(["hello", "route", "route", "route"]);
    expect(bodies.at(-1)).toBe("app");
  });
});

test("a file that is remembered for one host is not served to a host that has a route there", async () => {
  const { www, remove } = await makeStaticTree();
  onTestFinished(remove);
  const routes = [{ host: "b.test", path: "/file.txt", respond: "b" }];
  const { endpoint } = await startFront([], { routes, staticMaps: { "/": www } });
  const hosts = ["a.test", "b.test", "a.test", "b.test"];
  const requests = hosts.map((host) => `GET /file.txt HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const { answers } = await converseHttp(endpoint, requests.join(""), { enough: hosts.length });
  expect(answers.map(({ body }) => body)).toEqual(["hello", "b", "hello", "b"]);
});

test("files below the prefix of a route that is taken off, with their redirects, while all workers are down", async () => {
  const to = formatEndpoint(await refusingAddress());
  const options = (www: string) => ({ routes: [{ path: "/app", to }], staticMaps: { "/app/static": www } });
  const { www, remove } = await makeStaticTree();
  onTestFinished(remove);
  const { endpoint } = await startFront([], options(www));
  const get = async (path: string) =>
    (await converseHttp(endpoint, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`, { enough: 1 })).answers[0];
  expect((await get("/app/static/file.txt"))?.body).toBe("hello");
  expect(header(await get("/app/static/docs"), "location")).toBe("/app/static/docs/");
  expect((await get("/app/other"))?.status).toBe(503);
});

test("an application for the rest, and a route beside it", async () => {
  const { endpoint: to } = await startWorker(textApp("default"));
  const { endpoint } = await startFront([to], { routes: [{ path: "/a", respond: "a" }] });
  const requests = ["/", "/a", "/ab"].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join("");
  const { answers } = await converseHttp(endpoint, requests, { enough: 3 });
  expect(answers.map(({ body }) => body)).toEqual(["default", "a", "default"]);
});
