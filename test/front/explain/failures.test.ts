import { chmod, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { FrontOptions } from "../../../src/front/options.ts";
import type { Endpoint } from "../../../src/net/endpoint.ts";
import { startFront, startScriptedWorker } from "../../support/fronts.ts";
import { connectHttp, converseHttp, header } from "../../support/raw-http.ts";
import {
  asTarget,
  closeSilently,
  refusingAddress,
  resetAtOnce,
  stall,
  startPeer,
} from "../../support/rude-peers.ts";
import { makeTempDir, removeTempDir } from "../../support/temp-dir.ts";

const GET = "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";
const isRoot = process.getuid?.() === 0;

async function home(): Promise<string> {
  const directory = await makeTempDir();
  onTestFinished(() => removeTempDir(directory));
  return directory;
}

interface Case {
  readonly name: string;
  readonly to: () => Promise<Endpoint>;
  readonly options?: Omit<FrontOptions, "to">;
  readonly request?: string;
  readonly status: number;
  readonly error: string;
  readonly code: string;
  readonly logged: Readonly<Record<string, unknown>>;
}

const head = async (text: string, then?: "reset") => {
  const worker = await startScriptedWorker(({ socket }) => {
    socket.write(text, "latin1", () => (then ? socket.resetAndDestroy() : socket.end()));
  });
  return worker.endpoint;
};

const cases: readonly Case[] = [
  {
    name: "nobody listens",
    to: refusingAddress,
    status: 503,
    error: "connection_refused",
    code: "UWB_ERR_UPSTREAM_CONNECT",
    logged: {
      hop: "upstream",
      phase: "connect",
      errno: "ECONNREFUSED",
      sentBytes: 0,
      receivedBytes: 0,
      attempts: 1,
      hint: expect.stringContaining("Is the worker running?") as string,
    },
  },
  {
    name: "there is no socket file",
    to: async () => ({ type: "unix", path: join(await home(), "none.sock") }),
    status: 503,
    error: "destination_unavailable",
    code: "UWB_ERR_UPSTREAM_CONNECT",
    logged: { phase: "connect", errno: "ENOENT" },
  },
  {
    name: "what is there is no socket",
    to: async () => {
      const path = join(await home(), "file");
      await writeFile(path, "");
      return { type: "unix", path };
    },
    status: 503,
    error: "connection_refused",
    code: "UWB_ERR_UPSTREAM_CONNECT",
    logged: { phase: "connect", hint: expect.stringContaining("--socket") as string },
  },
  {
    name: "there is no such host",
    to: async () => ({ type: "tcp", host: "nowhere.invalid", port: 1 }),
    status: 503,
    error: "dns_error",
    code: "UWB_ERR_UPSTREAM_UNRESOLVED",
    logged: { hop: "upstream", phase: "resolve" },
  },
  {
    name: "the server closes without a word",
    to: () => startPeer(closeSilently),
    status: 502,
    error: "connection_terminated",
    code: "UWB_ERR_UPSTREAM_CLOSED",
    logged: { phase: "head", receivedBytes: 0, sentBytes: expect.any(Number) as number },
  },
  {
    name: "the server resets the connection",
    to: () => startPeer(resetAtOnce),
    status: 502,
    error: "connection_terminated",
    code: "UWB_ERR_UPSTREAM_RESET",
    logged: { phase: "head" },
  },
  {
    name: "the server says nothing",
    to: () => startPeer(stall),
    options: { readTimeoutMs: 60 },
    status: 504,
    error: "connection_read_timeout",
    code: "UWB_ERR_UPSTREAM_READ_TIMEOUT",
    logged: { phase: "head", hint: expect.any(String) as string, totalMs: expect.any(Number) as number },
  },
  {
    name: "the server does not read",
    to: () => startPeer((socket) => void socket.pause()),
    options: { sendTimeoutMs: 60, maxBodyBytes: 0 },
    request: `POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 16000000\r\n\r\n${"b".repeat(16_000_000)}`,
    status: 504,
    error: "connection_write_timeout",
    code: "UWB_ERR_UPSTREAM_SEND_TIMEOUT",
    logged: { phase: "write" },
  },
  {
    name: "the server speaks HTML",
    to: () => head("<!DOCTYPE HTML>\n<html>\n\n"),
    status: 502,
    error: "http_protocol_error",
    code: "UWB_ERR_RESPONSE_MALFORMED",
    logged: { phase: "head", hint: expect.stringContaining("uwsgi socket") as string },
  },
  {
    name: "the head is cut off",
    to: () => head("HTTP/1.1 200 OK\r\nA: b"),
    status: 502,
    error: "http_response_incomplete",
    code: "UWB_ERR_RESPONSE_TRUNCATED",
    logged: { phase: "head", receivedBytes: 21 },
  },
  {
    name: "the vars are too many",
    to: () => startPeer(stall),
    options: { maxVars: 5 },
    status: 431,
    error: "http_request_error",
    code: "UWB_ERR_VARS_TOO_MANY",
    logged: { hop: "client", phase: "request", attempts: 0, biggestVars: expect.any(String) as string },
  },
];

describe("a failure says where it happened: when", () => {
  test.each(cases)("$name", async ({ to, options, request = GET, status, error, code, logged }) => {
    const { endpoint, log } = await startFront([asTarget(await to())], options);
    const { answers } = await converseHttp(endpoint, request, { enough: 1, quietMs: 3000 });
    const [answer] = answers;
    expect(answer?.status).toBe(status);
    const proxyStatus = header(answer, "proxy-status") ?? "";
    expect(
      /^uwsgi-bridge; error=(\w+); (?:received-status=\d+; )?details="(\w+)"$/.exec(proxyStatus)?.slice(1),
    ).toEqual([error, code]);
    expect(log.lines.at(-1)?.fields).toMatchObject({
      requestId: header(answer, "x-request-id"),
      code,
      ...logged,
    });
    expect(answer?.body).toBe(`${code}\nrequest ${header(answer, "x-request-id")}\n`);
  });
});

test("of a request that was sent, all bytes are counted: packet and body", async () => {
  const { endpoint, log } = await startFront([await startPeer(closeSilently)]);
  const bytes = "POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello";
  await converseHttp(endpoint, bytes, { enough: 1 });
  const { varsBytes, sentBytes } = log.lines.at(-1)?.fields ?? {};
  expect(sentBytes).toBe(4 + Number(varsBytes) + 5);
});

test.skipIf(isRoot)("a socket that may not be opened is described", async () => {
  const worker = await startScriptedWorker(() => undefined, "unix");
  const { endpoint: to } = worker;
  if (to.type !== "unix") throw new Error("no socket file");
  await chmod(to.path, 0o000);
  const { endpoint, log } = await startFront([to], { errorDetails: true });
  const { answers } = await converseHttp(endpoint, GET, { enough: 1 });
  expect(answers[0]?.body).toContain("its mode is 0, owned by user");
  expect(log.lines.at(-1)?.fields).toMatchObject({ errno: "EACCES" });
  await rm(to.path);
});

describe("a response that breaks off inside its body", () => {
  const HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n";

  test("while it is held back is a 502 that names the status that had come", async () => {
    const { endpoint, log } = await startFront([await head(`${HEAD}abc`, "reset")]);
    const { answers } = await converseHttp(endpoint, GET, { enough: 1 });
    expect(answers[0]?.status).toBe(502);
    expect(header(answers[0], "proxy-status")).toMatch(
      /error=http_response_incomplete; received-status=200;/,
    );
    expect(log.lines.at(-1)?.fields).toMatchObject({ phase: "body", receivedBytes: HEAD.length + 3 });
  });

  test("when part of it was sent is cut, and logged with what had come", async () => {
    const worker = await startScriptedWorker(({ socket }) => {
      socket.write(HEAD + "b".repeat(40_000), "latin1");
    });
    const { endpoint, log } = await startFront([worker.endpoint], {});
    const client = connectHttp(endpoint);
    const ended = new Promise((resolve) => client.on("end", resolve).on("error", resolve));
    client.write(GET);
    client.once("data", () => worker.requests[0]?.socket.resetAndDestroy());
    await ended;
    expect(log.lines.at(-1)?.fields).toMatchObject({
      code: "UWB_ERR_UPSTREAM_RESET",
      phase: "body",
      firstByteMs: expect.any(Number) as number,
    });
  });
});

test("only with --error-details is a client told the address of a server", async () => {
  const to = await refusingAddress();
  const port = to.type === "tcp" ? to.port : 0;
  const told = async (errorDetails: boolean): Promise<string> => {
    const { endpoint } = await startFront([to], { errorDetails });
    return (await converseHttp(endpoint, GET, { enough: 1 })).raw;
  };
  expect(await told(false)).not.toContain(String(port));
  expect(await told(true)).toContain(`next-hop="127.0.0.1:${port}"`);
});

test("a page of one's own keeps the status and the request id, and is none for HEAD", async () => {
  const path = join(await home(), "sorry.html");
  await writeFile(path, "<p>sorry \u00e9</p>");
  const { endpoint } = await startFront([await refusingAddress()], { errorPages: { "5xx": path } });
  const bytes = `${GET}${GET.replace("GET", "HEAD")}`;
  const { answers } = await converseHttp(endpoint, bytes, { methods: ["GET", "HEAD"], enough: 2 });
  expect(answers.map(({ status, body }) => [status, body])).toEqual([
    [503, "<p>sorry \u00c3\u00a9</p>"],
    [503, ""],
  ]);
  for (const answer of answers) {
    expect(header(answer, "content-type")).toBe("text/html; charset=utf-8");
    expect(header(answer, "content-length")).toBe("15");
    expect(header(answer, "x-request-id")).toBeDefined();
    expect(header(answer, "retry-after")).toBe("1");
  }
});

test("a page of one's own is there for bytes that are no request as well", async () => {
  const path = join(await home(), "400.txt");
  await writeFile(path, "no\n");
  const { endpoint } = await startFront([await refusingAddress()], { errorPages: { "400": path } });
  const { answers } = await converseHttp(endpoint, "what?\r\n\r\n");
  expect(answers[0]).toMatchObject({ status: 400, body: "no\n" });
  expect(header(answers[0], "content-type")).toBe("text/plain; charset=utf-8");
  expect(header(answers[0], "proxy-status")).toContain("http_request_error");
});
