import { describe, expect, test } from "vitest";
import type { RouteOptions } from "../../../src/front/routes/route-options.ts";
import { formatEndpoint } from "../../../src/net/endpoint.ts";
import { type ScriptedRequest, startFront, startScriptedWorker, varsOf } from "../../support/fronts.ts";
import { startHttpServer } from "../../support/http-servers.ts";
import { converseHttp, type HttpAnswer, header } from "../../support/raw-http.ts";
import { refusingAddress } from "../../support/rude-peers.ts";
import { startTalker, upgradeRequest } from "../../support/tunnels.ts";

const answerOk = ({ socket }: ScriptedRequest): void => {
  socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
};

/** Ask a front with these routes, and nothing else, for something. */
async function ask(
  routes: readonly RouteOptions[],
  target: string,
  { method = "GET", host = "a.test", extra = "" } = {},
): Promise<HttpAnswer> {
  const { endpoint } = await startFront([], { routes });
  const bytes = `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${extra}\r\n`;
  const { answers } = await converseHttp(endpoint, bytes, { methods: [method], enough: 1, quietMs: 5000 });
  return answers[0] as HttpAnswer;
}

test("a uwsgi server is told its prefix, and what its route has of its own", async () => {
  const worker = await startScriptedWorker(answerOk);
  const to = formatEndpoint(worker.endpoint);
  const { endpoint, front } = await startFront([worker.endpoint], {
    params: { A: "front", B: "front" },
    modifier2: 7,
    routes: [{ path: "/app", to, modifier1: 5, params: { B: "route" } }],
  });
  for (const path of ["/app/x%20y?q", "/other"])
    await converseHttp(endpoint, `GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`, { enough: 1 });
  const [mounted, other] = worker.requests;
  expect(mounted?.packet).toMatchObject({ modifier1: 5, modifier2: 7 });
  expect(varsOf(mounted)).toMatchObject({
    ...{ SCRIPT_NAME: "/app", PATH_INFO: "/x y", REQUEST_URI: "/app/x%20y?q", QUERY_STRING: "q" },
    ...{ A: "front", B: "route" },
  });
  expect(other?.packet).toMatchObject({ modifier1: 0, modifier2: 7 });
  expect(varsOf(other)).toMatchObject({ PATH_INFO: "/other", A: "front", B: "front" });
  expect(varsOf(other)).not.toHaveProperty("SCRIPT_NAME");
  expect(front.stats().upstreams.map(({ target }) => target)).toEqual([to, to]);
});

test("a modifier of the route leaves no room for an offer to keep the connection", async () => {
  const worker = await startScriptedWorker(answerOk);
  const { endpoint } = await startFront([], {
    routes: [{ to: formatEndpoint(worker.endpoint), modifier2: 3 }],
  });
  await converseHttp(endpoint, "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", { enough: 1 });
  expect(worker.requests[0]?.packet.modifier2).toBe(3);
  expect(varsOf(worker.requests[0])).not.toHaveProperty("UWSGI_BRIDGE_PERSIST");
});

test("bodies are limited by their route, whether or not their length is known", async () => {
  const { url } = await startHttpServer((request, response) => void request.pipe(response));
  const { endpoint } = await startFront([], {
    maxBodyBytes: 10,
    routes: [
      { path: "/any", to: url, maxBodyBytes: 0 },
      { path: "/small", to: url, maxBodyBytes: 5 },
    ],
  });
  const long = "x".repeat(20);
  const post = async (path: string, fields: string, body: string) => {
    const bytes = `POST ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n${body}`;
    const { answers } = await converseHttp(endpoint, bytes, { enough: 1, quietMs: 5000 });
    return answers[0]?.status === 200 ? answers[0].body : answers[0]?.status;
  };
  expect(await post("/any", "Content-Length: 20", long)).toBe(long);
  expect(await post("/small", "Content-Length: 20", long)).toBe(413);
  expect(await post("/small", "Content-Length: 5", "hello")).toBe("hello");
  expect(await post("/small", "Transfer-Encoding: chunked", `14\r\n${long}\r\n0\r\n\r\n`)).toBe(413);
  expect(await post("/any", "Transfer-Encoding: chunked", `14\r\n${long}\r\n0\r\n\r\n`)).toBe(long);
});

test("the servers of a route take turns, and its time limits are its own", async () => {
  const servers = [await startHttpServer((_, response) => void response.end("1"))];
  servers.push(await startHttpServer((_, response) => void response.end("2")));
  const silent = await startScriptedWorker(() => undefined);
  const { endpoint } = await startFront([], {
    routes: [
      { path: "/pool", to: servers.map(({ url }) => url) },
      { path: "/slow", to: formatEndpoint(silent.endpoint), readTimeoutMs: 60 },
    ],
  });
  const bodies: string[] = [];
  for (let count = 0; count < 4; count += 1) {
    const { answers } = await converseHttp(endpoint, "GET /pool HTTP/1.1\r\nHost: a\r\n\r\n", { enough: 1 });
    bodies.push(answers[0]?.body ?? "");
  }
  expect(bodies.join("")).toBe("1212");
  const slow = await converseHttp(endpoint, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n", { enough: 1 });
  expect(slow.answers[0]?.status).toBe(504);
});

test("what a trusted proxy tells of the client decides the route, and reaches HTTP servers once", async () => {
  const { url } = await startHttpServer(({ rawHeaders }, response) => {
    const names = rawHeaders.map((text) => text.toLowerCase());
    const valuesOf = (name: string) => rawHeaders.filter((_, at) => at % 2 === 1 && names[at - 1] === name);
    response.end(JSON.stringify(["host", "x-forwarded-host", "x-forwarded-for"].map(valuesOf)));
  });
  const { endpoint } = await startFront([], {
    trustedProxies: ["127.0.0.1"],
    forwardedHost: true,
    routes: [{ host: "shop.test", to: url }],
  });
  const claims = "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Host: shop.test\r\n";
  const { answers } = await converseHttp(endpoint, `GET / HTTP/1.1\r\nHost: inner\r\n${claims}\r\n`, {
    enough: 1,
  });
  const [host, forwardedHost, forwardedFor] = JSON.parse(answers[0]?.body ?? "[]");
  expect([host, forwardedHost]).toEqual([["shop.test"], ["shop.test"]]);
  expect(forwardedFor).toEqual([expect.stringMatching(/^203\.0\.113\.9\b/)]);
});

describe("what has no route", () => {
  const routes: RouteOptions[] = [
    { host: "known.test", path: "/x", respond: "known" },
    { path: "/health", respond: "ok" },
  ];

  test.each([
    ["known.test", "/x", 200],
    ["KNOWN.test.:8080", "/x/y", 200],
    ["known.test", "/y", 404],
    ["other.test", "/health", 200],
    ["other.test", "/y", 421],
    ["other.test", "/health%2Fx", 400],
  ])("%s%s: %i", async (host, path, status) => {
    expect((await ask(routes, path, { host })).status).toBe(status);
  });

  test("is answered 404 when hosts do not matter", async () => {
    const answer = await ask([{ path: "/health", respond: "ok" }], "/");
    expect(answer).toMatchObject({ status: 404, body: expect.stringContaining("nothing under this path") });
    expect(header(answer, "x-request-id")).toBeDefined();
  });
});

test("a WebSocket without a route is refused like everything else", async () => {
  const { endpoint, front } = await startFront([], { routes: [{ path: "/health", respond: "ok" }] });
  const talker = startTalker(endpoint, upgradeRequest("websocket"));
  expect(await talker.untilHeard("nothing under this path")).toMatch(/^HTTP\/1\.1 404 /);
  expect(await talker.untilEnd()).toBe("fin");
  expect(front.stats()).toMatchObject({ openRequests: 0, tunnels: 0 });
});

describe("answers that are always the same", () => {
  const health: RouteOptions[] = [{ path: "/health", respond: "gr\u00fcn" }];

  test("have a length, a type, and the text", async () => {
    const answer = await ask(health, "/health?x");
    expect(answer).toMatchObject({ status: 200, body: "gr\xc3\xbcn", isComplete: true });
    expect(header(answer, "content-type")).toBe("text/plain; charset=utf-8");
    expect(header(answer, "content-length")).toBe("5");
    const head = await ask(health, "/health", { method: "HEAD" });
    expect([head.status, header(head, "content-length"), head.body]).toEqual([200, "5", ""]);
  });

  test("are for GET and HEAD, unless they are an error anyhow", async () => {
    const post = await ask(health, "/health", { method: "POST", extra: "Content-Length: 0\r\n" });
    expect([post.status, header(post, "allow")]).toEqual([405, "GET, HEAD"]);
    const gone = await ask([{ path: "/", respond: "gone", status: 410 }], "/", { method: "DELETE" });
    expect(gone).toMatchObject({ status: 410, body: "gone" });
  });

  test.each([204, 304])("%i has no body", async (status) => {
    const answer = await ask([{ path: "/", respond: "text", status }], "/");
    expect([answer.status, answer.body, header(answer, "content-length")]).toEqual([status, "", undefined]);
  });

  test("come while nothing else does", async () => {
    const { endpoint } = await startFront([await refusingAddress()], { routes: health });
    const requests = "GET /health HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const { answers } = await converseHttp(endpoint, requests, { enough: 2 });
    expect(answers.map(({ status }) => status)).toEqual([200, 503]);
  });
});

describe("redirects", () => {
  test.each([
    [{ path: "/old", redirect: "/new" }, "/old/x?y=1", 302, "/new/x?y=1"],
    [{ path: "/old", redirect: "https://b.test/new/", status: 308 }, "/old", 308, "https://b.test/new/"],
    [{ path: "/", redirect: "https://b.test", status: 301 }, "/x", 301, "https://b.test/x"],
    [{ path: "/old", redirect: "/" }, "/old//evil.test", 400, undefined],
  ])("%j sends %s to", async (route, target, status, location) => {
    const answer = await ask([route], target);
    expect([answer.status, header(answer, "location")]).toEqual([status, location]);
  });
});

test("a uwsgi route without WebSockets gets an ordinary request", async () => {
  const worker = await startScriptedWorker(answerOk);
  const { endpoint } = await startFront([], {
    routes: [{ to: formatEndpoint(worker.endpoint), websocket: false }],
  });
  const talker = startTalker(endpoint, upgradeRequest("websocket"));
  expect(await talker.untilHeard("ok")).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(varsOf(worker.requests[0])).not.toHaveProperty("HTTP_UPGRADE");
});
