import { expect, onTestFinished, test } from "vitest";
import { createFront } from "../../../src/front/front.ts";
import type { FrontOptions } from "../../../src/front/options.ts";
import { clientFacts } from "../../../src/front/request/client-facts.ts";
import { type Endpoint, formatEndpoint } from "../../../src/net/endpoint.ts";
import { startFront, startScriptedWorker, varsOf } from "../../support/fronts.ts";
import { converseHttp } from "../../support/raw-http.ts";
import { endpointFor } from "../../support/workers.ts";

const TRUSTING: Omit<FrontOptions, "to"> = { trustedProxies: ["127.0.0.1", "10.0.0.0/8"] };

function startServer() {
  return startScriptedWorker(({ socket }) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
}

function get(...fields: readonly string[]): string {
  return `GET /x HTTP/1.1\r\n${["Host: a.test", ...fields].join("\r\n")}\r\n\r\n`;
}

async function varsFor(options: Omit<FrontOptions, "to">, ...fields: readonly string[]) {
  const worker = await startServer();
  const { endpoint, front } = await startFront([worker.endpoint], options);
  const { answers } = await converseHttp(endpoint, get(...fields), { enough: 1 });
  return { status: answers[0]?.status, vars: varsOf(worker.requests[0]), counts: front.stats().counts };
}

const CLAIMS = [
  "X-Forwarded-For: 6.6.6.6, 192.0.2.1:5000, 10.0.0.2",
  "X-Forwarded-Proto: https",
  "X-Forwarded-Host: b.test",
  "X-Forwarded-Port: 443",
  "X-Real-IP: 7.7.7.7",
  "Forwarded: for=8.8.8.8",
];

test("what a trusted proxy says becomes the client's", async () => {
  const { vars } = await varsFor(TRUSTING, ...CLAIMS);
  expect(vars).toMatchObject({
    REMOTE_ADDR: "192.0.2.1",
    REMOTE_PORT: "5000",
    REQUEST_SCHEME: "https",
    HTTPS: "on",
    SERVER_PORT: "443",
    SERVER_NAME: "a.test",
    HTTP_HOST: "a.test",
    HTTP_X_FORWARDED_FOR: "192.0.2.1, 10.0.0.2, 127.0.0.1",
    HTTP_X_FORWARDED_PROTO: "https",
    HTTP_X_FORWARDED_HOST: "b.test",
    HTTP_X_FORWARDED_PORT: "443",
  });
  expect(Object.keys(vars)).not.toContain("HTTP_FORWARDED");
  expect(Object.keys(vars)).not.toContain("HTTP_X_REAL_IP");
});

test.each([
  "X-Forwarded-For: ::ffff:c000:201",
  'Forwarded: for="[::ffff:c000:201]"',
  "X-Real-IP: ::FFFF:c000:201",
])("an IPv4 address in IPv6 is the IPv4 address, to the application and to the lists: %s", async (claim) => {
  const { vars } = await varsFor(TRUSTING, claim);
  expect(vars).toMatchObject({ REMOTE_ADDR: "192.0.2.1", HTTP_X_FORWARDED_FOR: "192.0.2.1, 127.0.0.1" });
  expect((await varsFor({ ...TRUSTING, deny: ["192.0.2.1"] }, claim)).status).toBe(403);
  expect((await varsFor({ ...TRUSTING, allow: ["192.0.2.1"] }, claim)).status).toBe(200);
});

test.each([
  ["nobody is trusted", {}],
  ["somebody else is", { trustedProxies: ["10.0.0.0/8"] }],
])("what a client says counts for nothing when %s", async (_when, options) => {
  const { vars } = await varsFor(options, ...CLAIMS);
  expect(vars).toMatchObject({
    REMOTE_ADDR: "127.0.0.1",
    REQUEST_SCHEME: "http",
    HTTP_X_FORWARDED_FOR: "127.0.0.1",
    HTTP_X_FORWARDED_PROTO: "http",
  });
  const names = Object.keys(vars);
  for (const name of [
    "HTTPS",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
  ])
    expect(names).not.toContain(name);
});

test("a trusted peer that says nothing is the client", async () => {
  const { vars } = await varsFor(TRUSTING);
  expect(vars).toMatchObject({ REMOTE_ADDR: "127.0.0.1", HTTP_X_FORWARDED_FOR: "127.0.0.1" });
});

test("the host changes when it is asked for, and is counted as malformed when it is none", async () => {
  const { vars } = await varsFor({ ...TRUSTING, forwardedHost: true }, ...CLAIMS);
  expect(vars).toMatchObject({ HTTP_HOST: "b.test", SERVER_NAME: "b.test" });
  const bad = await varsFor({ ...TRUSTING, forwardedHost: true }, "X-Forwarded-Host: a b/c");
  expect(bad.vars).toMatchObject({ HTTP_HOST: "a.test" });
  expect(bad.counts).toMatchObject({ malformedForwarded: 1 });
});

test("two schemes are a 400, from a trusted peer alone", async () => {
  const fields = ["X-Forwarded-Proto: https", "X-Forwarded-Ssl: off"];
  expect((await varsFor(TRUSTING, ...fields)).status).toBe(400);
  expect((await varsFor({}, ...fields)).status).toBe(200);
});

test("a client can not remove what a proxy says by way of Connection", async () => {
  const { vars } = await varsFor(
    TRUSTING,
    "Connection: close, X-Forwarded-For",
    "X-Forwarded-For: 192.0.2.1",
  );
  expect(vars).toMatchObject({ REMOTE_ADDR: "192.0.2.1", HTTP_X_FORWARDED_FOR: "192.0.2.1, 127.0.0.1" });
});

test("each request on a connection of a proxy has its own client, and the lists go by it", async () => {
  const worker = await startServer();
  const { endpoint } = await startFront([worker.endpoint], { ...TRUSTING, deny: ["192.0.2.0/24"] });
  const clients = ["198.51.100.1", "192.0.2.1", "192.0.2.1", "198.51.100.1", "unknown"];
  const bytes = clients.map((client) => get(`X-Forwarded-For: ${client}`)).join("");
  const { answers } = await converseHttp(endpoint, bytes + get());
  expect(answers.map(({ status }) => status)).toEqual([200, 403, 403, 200, 200, 200]);
  expect(worker.requests.map((request) => varsOf(request)["REMOTE_ADDR"])).toEqual([
    "198.51.100.1",
    "198.51.100.1",
    "127.0.0.1",
    "127.0.0.1",
  ]);
});

test.each([
  [["unix"], "192.0.2.1"],
  [["*"], "192.0.2.1"],
  [["127.0.0.1"], ""],
])("a peer on a Unix socket, with %j trusted", async (trustedProxies, address) => {
  const worker = await startServer();
  const front = createFront({ to: [formatEndpoint(worker.endpoint)], trustedProxies });
  onTestFinished(() => front.close(0));
  const endpoint: Endpoint = await front.listen(await endpointFor("unix"));
  await converseHttp(endpoint, get("X-Forwarded-For: 192.0.2.1"), { enough: 1 });
  expect(varsOf(worker.requests[0])).toMatchObject({ REMOTE_ADDR: address, HTTP_X_FORWARDED_FOR: address });
});

test("a TCP client that is gone is not taken for one on a Unix socket", () => {
  type Facts = Parameters<typeof clientFacts>[0];
  const gone = { remoteAddress: undefined, localAddress: "127.0.0.1", destroyed: false } as unknown as Facts;
  const destroyed = {
    remoteAddress: undefined,
    localAddress: undefined,
    destroyed: true,
  } as unknown as Facts;
  expect([gone, destroyed].map((socket) => clientFacts(socket).isUnix)).toEqual([false, false]);
});

test.each([
  { option: "trustedProxies", given: { trustedProxies: ["a.test"] } },
  { option: "proxyProtocol", given: { proxyProtocol: "auto" as const } },
  { option: "proxyProtocolTimeoutMs", given: { proxyProtocolTimeoutMs: 0 } },
])("$given is refused with the name of the option", ({ option, given }) => {
  expect(() => createFront({ to: ["127.0.0.1:1"], ...given })).toThrow(
    expect.objectContaining({ name: "ConfigError", option }),
  );
});
