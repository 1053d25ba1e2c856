import { buffer, text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { request, requestVars } from "../../src/client/request.ts";
import type { Application } from "../../src/gateway/types.ts";
import {
  answerAndStall,
  answerWith,
  asTarget,
  closeSilently,
  refusingAddress,
  resetAtOnce,
  stall,
  startPeer,
} from "../support/rude-peers.ts";
import { sleep, until } from "../support/wait.ts";
import { startWorker, textApp, transports } from "../support/workers.ts";

const echo: Application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  startResponse("200 OK", [["Content-Type", "application/octet-stream"]]);
  return [body];
};

describe.each(transports)("over %s", (transport) => {
  test("a response has status, headers and body", async () => {
    const { endpoint } = await startWorker(textApp("Hello"), {}, { transport });
    const response = await request(asTarget(endpoint));
    expect(response).toMatchObject({ status: 200, reason: "OK" });
    expect(response.headers).toContainEqual(["Content-Type", "text/plain"]);
    expect(await text(response.body)).toBe("Hello");
  });

  test("a body of bytes is sent with its length, and comes back as it was", async () => {
    const { endpoint } = await startWorker(echo, {}, { transport });
    const body = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    const response = await request(asTarget(endpoint), { method: "POST", body });
    expect((await buffer(response.body)).equals(body)).toBe(true);
  });

  test("a body that is streamed needs a Content-Length, and arrives", async () => {
    const { endpoint } = await startWorker(echo, {}, { transport });
    const response = await request(asTarget(endpoint), {
      method: "PUT",
      headers: [["Content-Length", "6"]],
      body: (async function* () {
        yield Buffer.from("abc");
        yield Buffer.from("def");
      })(),
    });
    expect(await text(response.body)).toBe("abcdef");
  });

  test("nobody listens", async () => {
    const target = await refusingAddress(transport);
    await expect(request(target)).rejects.toMatchObject({ code: "UWB_ERR_UPSTREAM_CONNECT" });
  });

  test.each([
    { name: "nothing", answer: closeSilently, code: "UWB_ERR_UPSTREAM_CLOSED" },
    { name: "no HTTP", answer: answerWith("garbage\r\n\r\n"), code: "UWB_ERR_RESPONSE_MALFORMED" },
    { name: "half a head", answer: answerWith("HTTP/1.1 200 OK\r\n"), code: "UWB_ERR_RESPONSE_TRUNCATED" },
  ])("$name is no response", async ({ answer, code }) => {
    const target = await startPeer(answer, transport);
    await expect(request(target)).rejects.toMatchObject({ code });
  });
});

test("a reset is no response", async () => {
  const target = await startPeer(resetAtOnce);
  await expect(request(target)).rejects.toMatchObject({ code: "UWB_ERR_UPSTREAM_RESET" });
});

test("a body that breaks off is an error of the body", async () => {
  const target = await startPeer(answerWith("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
  const response = await request(target);
  await expect(text(response.body)).rejects.toMatchObject({ code: "UWB_ERR_RESPONSE_TRUNCATED" });
});

describe("timeouts", () => {
  test("silence before the head", async () => {
    const target = await startPeer(stall);
    await expect(request(target, { limits: { readTimeoutMs: 40 } })).rejects.toMatchObject({
      code: "UWB_ERR_UPSTREAM_READ_TIMEOUT",
    });
  });

  test("silence inside the body", async () => {
    const target = await startPeer(answerAndStall("HTTP/1.1 200 OK\r\n\r\nhalf"));
    const body = request(target, { limits: { readTimeoutMs: 60 } }).then((response) => text(response.body));
    await expect(body).rejects.toMatchObject({ code: "UWB_ERR_UPSTREAM_READ_TIMEOUT" });
  });

  test("timeoutMs counts to the head", async () => {
    const target = await startPeer(stall);
    const started = performance.now();
    await expect(request(target, { timeoutMs: 40 })).rejects.toMatchObject({
      code: "UWB_ERR_UPSTREAM_READ_TIMEOUT",
      message: expect.stringContaining("within 40 ms"),
    });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("timeoutMs counts to the end of the body, however often something comes", async () => {
    const target = await startPeer((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        const timer = setInterval(() => socket.write("."), 5);
        socket.on("close", () => clearInterval(timer));
      });
    });
    const options = { timeoutMs: 100, limits: { readTimeoutMs: 5000 } };
    const body = request(target, options).then((response) => text(response.body));
    await expect(body).rejects.toMatchObject({ code: "UWB_ERR_UPSTREAM_READ_TIMEOUT" });
  });

  test("timeoutMs does not touch a response that is complete, even if nobody has read it yet", async () => {
    const { endpoint } = await startWorker(textApp("Hello"));
    const response = await request(asTarget(endpoint), { timeoutMs: 500 });
    await sleep(600);
    expect(await text(response.body)).toBe("Hello");
  });
});

test("destroying the body gives the connection up", async () => {
  let isGone = false;
  const target = await startPeer((socket) => {
    socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\n\r\nhalf"));
    socket.on("end", () => {
      isGone = true;
    });
  });
  const response = await request(target);
  response.body.destroy();
  await until(() => isGone, "the server sees the end");
});

test("the server is read only as fast as the body", async () => {
  let sent = 0;
  const target = await startPeer((socket) => {
    const block = Buffer.alloc(65_536, "x");
    const fill = (): void => {
      do sent += block.length;
      while (socket.write(block));
    };
    socket.on("drain", fill);
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      fill();
    });
  });
  const response = await request(target);
  let before = -1;
  while (sent !== before) {
    before = sent;
    expect(sent).toBeLessThan(64 * 1024 * 1024);
    await sleep(100);
  }
  response.body.destroy();
});

describe("vars", () => {
  test("are those that a front sends", () => {
    expect(requestVars("GET", { path: "/a%20b?c=d" })).toEqual([
      ["REQUEST_METHOD", "GET"],
      ["REQUEST_URI", "/a%20b?c=d"],
      ["PATH_INFO", "/a b"],
      ["QUERY_STRING", "c=d"],
      ["SERVER_PROTOCOL", "HTTP/1.1"],
      ["SERVER_NAME", "localhost"],
      ["SERVER_PORT", "80"],
      ["REQUEST_SCHEME", "http"],
      ["REMOTE_ADDR", "127.0.0.1"],
      ["HTTP_HOST", "localhost"],
      ["HTTP_CONNECTION", "close"],
    ]);
  });

  test.each([
    { name: "a header becomes one", headers: [["X-A", "1"]], key: "HTTP_X_A", value: "1" },
    { name: "Host replaces the default", headers: [["Host", "a.test"]], key: "HTTP_HOST", value: "a.test" },
    {
      name: "Content-Type has no prefix",
      headers: [["content-type", "a/b"]],
      key: "CONTENT_TYPE",
      value: "a/b",
    },
    {
      name: "repeated headers are joined",
      headers: [
        ["X-A", "1"],
        ["x-a", "2"],
      ],
      key: "HTTP_X_A",
      value: "1, 2",
    },
    {
      name: "cookies are joined as cookies",
      headers: [
        ["Cookie", "a=1"],
        ["Cookie", "b=2"],
      ],
      key: "HTTP_COOKIE",
      value: "a=1; b=2",
    },
  ] as const)("$name", ({ headers, key, value }) => {
    const vars = requestVars("GET", { headers: headers as unknown as [string, string][] });
    expect(vars.filter(([name]) => name === key)).toEqual([[key, value]]);
  });

  test("can be set, replaced and removed", () => {
    const vars = requestVars("GET", {
      vars: { REMOTE_USER: "kim", HTTP_HOST: undefined, SERVER_PORT: "81" },
    });
    expect(Object.fromEntries(vars)).toMatchObject({ REMOTE_USER: "kim", SERVER_PORT: "81" });
    expect(vars.map(([name]) => name)).not.toContain("HTTP_HOST");
  });

  test.each([
    { name: "a header with an underscore", options: { headers: [["X_A", "1"]] as const } },
    { name: "the header Proxy", options: { headers: [["Proxy", "1"]] as const } },
    { name: "a broken escape in the path", options: { path: "/%zz" } },
  ])("$name is refused", ({ options }) => {
    expect(() => requestVars("GET", options)).toThrow(
      expect.objectContaining({ name: "UsageError", code: "UWB_ERR_REQUEST_INVALID" }),
    );
  });

  test("that are too many bytes are refused before anything is sent", async () => {
    let connections = 0;
    const target = await startPeer(() => {
      connections += 1;
    });
    await expect(request(target, { vars: { A: "x".repeat(65_536) } })).rejects.toMatchObject({
      code: "UWB_ERR_VARS_TOO_LARGE",
    });
    expect(connections).toBe(0);
  });
});
