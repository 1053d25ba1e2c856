import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { startFront, startScriptedWorker } from "../support/fronts.ts";
import { converseHttp, header } from "../support/raw-http.ts";

const REQUEST = "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";

interface Case {
  readonly name: string;
  readonly sends: string;
  /** What the worker does after it has sent everything. */
  readonly ending?: "close" | "reset";
  readonly method?: string;
  /** What the client gets: a status, and the body; `aborted`: a body that ends before it is complete. */
  readonly status: number;
  readonly body?: string;
  readonly aborted?: boolean;
  /** Header values; `undefined`: the header must not be there. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly reason?: string;
  readonly code?: string;
}

const OK = "HTTP/1.1 200 OK\r\n";
const LENGTH3 = "Content-Length: 3\r\n\r\n";

const good: readonly Case[] = [
  {
    name: "a status line, a length, a body",
    sends: `${OK}${LENGTH3}abc`,
    status: 200,
    body: "abc",
    headers: { "content-length": "3" },
  },
  {
    name: "a Status field instead of a status line",
    sends: `Status: 201 Created\r\n${LENGTH3}abc`,
    status: 201,
    body: "abc",
    headers: { status: undefined },
  },
  {
    name: "fields without any status",
    sends: "Content-Type: text/plain\r\n\r\nabc",
    status: 200,
    body: "abc",
  },
  {
    name: "Location without any status",
    sends: "Location: /y\r\n\r\n",
    status: 302,
    body: "",
    headers: { location: "/y" },
  },
  { name: "more bytes than its length", sends: `${OK}${LENGTH3}abcdefghij`, status: 200, body: "abc" },
  {
    name: "chunks",
    sends: `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    status: 200,
    body: "abc",
  },
  {
    name: "bytes behind the last chunk",
    sends: `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nEVIL`,
    status: 200,
    body: "abc",
  },
  {
    name: "trailers",
    sends: `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\nSet-Cookie: e=1\r\n\r\n`,
    status: 200,
    body: "abc",
    headers: { "set-cookie": undefined, "x-t": undefined },
  },
  {
    name: "line feeds without carriage returns",
    sends: "HTTP/1.1 200 OK\nContent-Length: 3\n\nabc",
    status: 200,
    body: "abc",
  },
  {
    name: "a head of 20 KB",
    sends: `${OK}X-A: ${"a".repeat(20_000)}\r\n${LENGTH3}abc`,
    status: 200,
    body: "abc",
  },
  { name: "no reason phrase", sends: `HTTP/1.1 200\r\n${LENGTH3}abc`, status: 200, body: "abc" },
  {
    name: "a reason phrase in latin-1",
    sends: `HTTP/1.1 200 D\u00e9j\u00e0\r\n${LENGTH3}abc`,
    status: 200,
    reason: "D\u00e9j\u00e0",
  },
  {
    name: "100 before the response",
    sends: `HTTP/1.1 100 Continue\r\n\r\n${OK}${LENGTH3}abc`,
    status: 200,
    body: "abc",
  },
  {
    name: "102 before the response",
    sends: `HTTP/1.1 102 Processing\r\nLink: </a>\r\n\r\n${OK}${LENGTH3}abc`,
    status: 200,
    body: "abc",
  },
  {
    name: "204 with a length and a body",
    sends: `HTTP/1.1 204 No Content\r\n${LENGTH3}abc`,
    status: 204,
    body: "",
    headers: { "content-length": undefined },
  },
  {
    name: "304 with a length",
    sends: "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\nETag: x\r\n\r\n",
    status: 304,
    headers: { etag: "x", "content-length": "3" },
  },
  {
    name: "HEAD answered with a body",
    sends: `${OK}${LENGTH3}abc`,
    method: "HEAD",
    status: 200,
    body: "",
    headers: { "content-length": "3" },
  },
  {
    name: "fields of the connection and those it lists",
    sends: `${OK}Connection: close, X-Secret\r\nX-Secret: 1\r\nKeep-Alive: timeout=99\r\nProxy-Connection: x\r\n${LENGTH3}abc`,
    status: 200,
    body: "abc",
    headers: { "x-secret": undefined, "proxy-connection": undefined, connection: "keep-alive" },
  },
  {
    name: "Upgrade without 101",
    sends: `${OK}Upgrade: h2\r\nConnection: Upgrade\r\n${LENGTH3}abc`,
    status: 200,
    body: "abc",
    headers: { upgrade: undefined },
  },
  {
    name: "a reset behind the whole body",
    sends: `${OK}${LENGTH3}abc`,
    ending: "reset",
    status: 200,
    body: "abc",
  },
  {
    name: "X-Accel-Redirect",
    sends: `${OK}X-Accel-Redirect: /../../etc/passwd\r\n${LENGTH3}abc`,
    status: 200,
    body: "abc",
    headers: { "x-accel-redirect": undefined },
  },
  {
    name: "X-Sendfile",
    sends: `${OK}X-Sendfile: /etc/passwd\r\n${LENGTH3}abc`,
    status: 200,
    body: "abc",
    headers: { "x-sendfile": undefined },
  },
  {
    name: "a Status field beside a status line",
    sends: `${OK}Status: 404 Not Found\r\n${LENGTH3}abc`,
    status: 200,
    body: "abc",
    headers: { status: undefined },
  },
  {
    name: "Location with spaces and escapes",
    sends: "HTTP/1.1 302 Found\r\nLocation: /a b%0d%0aX: 1\r\nContent-Length: 0\r\n\r\n",
    status: 302,
    headers: { location: "/a b%0d%0aX: 1" },
  },
  {
    name: "a length of 0 with a body",
    sends: `${OK}Content-Length: 0\r\n\r\nabc`,
    status: 200,
    body: "",
    headers: { "content-length": "0" },
  },
  {
    name: "two Content-Type: the first counts",
    sends: `${OK}Content-Type: a/b\r\nContent-Type: c/d\r\n${LENGTH3}abc`,
    status: 200,
    headers: { "content-type": "a/b" },
  },
  { name: "a body up to the end of the connection", sends: `${OK}\r\nabc`, status: 200, body: "abc" },
];

const refused: readonly Case[] = [
  { name: "not a byte", sends: "", status: 502, code: "UWB_ERR_UPSTREAM_CLOSED" },
  { name: "half a status line", sends: "HTTP/1.1 20", status: 502, code: "UWB_ERR_RESPONSE_TRUNCATED" },
  {
    name: "a head without its empty line",
    sends: `${OK}Content-Length: 3\r\n`,
    status: 502,
    code: "UWB_ERR_RESPONSE_TRUNCATED",
  },
  {
    name: "a length and chunks",
    sends: `${OK}Transfer-Encoding: chunked\r\n${LENGTH3}3\r\nabc\r\n0\r\n\r\n`,
    status: 502,
    code: "UWB_ERR_RESPONSE_FRAMING",
  },
  {
    name: "two different lengths",
    sends: `${OK}Content-Length: 5\r\n${LENGTH3}abcde`,
    status: 502,
    code: "UWB_ERR_RESPONSE_FRAMING",
  },
  {
    name: "two equal lengths",
    sends: `${OK}Content-Length: 3\r\n${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_FRAMING",
  },
  {
    name: "a length with a sign",
    sends: `${OK}Content-Length: +3\r\n\r\nabc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_FRAMING",
  },
  {
    name: "a length in letters",
    sends: `${OK}Content-Length: abc\r\n\r\nabc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_FRAMING",
  },
  {
    name: "a length of 2^64",
    sends: `${OK}Content-Length: 18446744073709551616\r\n\r\nabc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_FRAMING",
  },
  {
    name: "gzip, chunked",
    sends: `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    status: 502,
    code: "UWB_ERR_RESPONSE_FRAMING",
  },
  {
    name: "Transfer-Encoding: identity",
    sends: `${OK}Transfer-Encoding: identity\r\n\r\nabc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_FRAMING",
  },
  {
    name: "a space before a colon",
    sends: `${OK}X-A : 1\r\n${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_MALFORMED",
  },
  {
    name: "a folded line",
    sends: `${OK}X-A: 1\r\n 2\r\n${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_MALFORMED",
  },
  {
    name: "a carriage return in a value",
    sends: `${OK}X-A: a\rSet-Cookie: evil\r\n${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_MALFORMED",
  },
  {
    name: "a control character in a value",
    sends: `${OK}X-A: a\u0001b\r\n${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_MALFORMED",
  },
  {
    name: "DEL in a value",
    sends: `${OK}X-A: a\u007fb\r\n${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_MALFORMED",
  },
  {
    name: "a space in a name",
    sends: `${OK}X A: 1\r\n${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_MALFORMED",
  },
  {
    name: "an empty name",
    sends: `${OK}: 1\r\n${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_MALFORMED",
  },
  {
    name: "2,000 fields",
    sends: `${OK}${Array.from({ length: 2000 }, (_, index) => `X-${index}: 1\r\n`).join("")}${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_TOO_LARGE",
  },
  {
    name: "a head of 70 KB",
    sends: `${OK}X-A: ${"a".repeat(70_000)}\r\n${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_TOO_LARGE",
  },
  {
    name: "a status in letters",
    sends: `HTTP/1.1 abc X\r\n${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_MALFORMED",
  },
  {
    name: "HTTP/2 200",
    sends: `HTTP/2 200\r\n${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_MALFORMED",
  },
  {
    name: "an empty line before the status line",
    sends: `\r\n${OK}${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_MALFORMED",
  },
  {
    name: "http in lower case",
    sends: `http/1.1 200 OK\r\n${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_MALFORMED",
  },
  {
    name: "101 that nobody asked for",
    sends: "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: foo\r\n\r\nGET /evil",
    status: 502,
    code: "UWB_ERR_RESPONSE_UPGRADE",
  },
  {
    name: "199 as the last head",
    sends: `HTTP/1.1 199 X\r\n${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_TRUNCATED",
  },
  {
    name: "a control character in the reason",
    sends: `HTTP/1.1 200 <b>\u0001\r\n${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_MALFORMED",
  },
  {
    name: "a Status field with junk",
    sends: `Status: 20a OK\r\n${LENGTH3}abc`,
    status: 502,
    code: "UWB_ERR_RESPONSE_MALFORMED",
  },
  {
    name: "an HTML page without any head",
    sends: "<html>oops</html>\n\n",
    status: 502,
    code: "UWB_ERR_RESPONSE_MALFORMED",
  },
];

/** What can only be seen once the head is on its way: the client must notice that the body is not whole. */
const broken: readonly Case[] = [
  {
    name: "three bytes of ten, then the end",
    sends: `${OK}Content-Length: 10\r\n\r\nabc`,
    status: 200,
    body: "abc",
    aborted: true,
    code: "UWB_ERR_RESPONSE_TRUNCATED",
  },
  {
    name: "half a chunk, then the end",
    sends: `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nabc`,
    status: 200,
    body: "abc",
    aborted: true,
    code: "UWB_ERR_RESPONSE_TRUNCATED",
  },
  {
    name: "a reset inside the body",
    sends: `${OK}Content-Length: 10\r\n\r\nab`,
    ending: "reset",
    status: 200,
    body: "ab",
    aborted: true,
    code: "UWB_ERR_UPSTREAM_RESET",
  },
  {
    name: "a reset at the end of a body of unknown length",
    sends: `${OK}\r\nabc`,
    ending: "reset",
    status: 200,
    body: "abc",
    aborted: true,
    code: "UWB_ERR_UPSTREAM_RESET",
  },
];

const brokenChunks: readonly Case[] = [
  {
    name: "a chunk size that is not hexadecimal",
    sends: `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`,
    status: 502,
  },
  {
    name: "a chunk size of 17 digits",
    sends: `${OK}Transfer-Encoding: chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n`,
    status: 502,
  },
  {
    name: "chunks with bare line feeds",
    sends: `${OK}Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n`,
    status: 502,
  },
];

const feedings: Record<string, (socket: Socket, text: string, done: () => void) => void> = {
  whole: (socket, text, done) => socket.write(Buffer.from(text, "latin1"), done),
  "byte by byte": (socket, text, done) => sendSlowly(socket, pieces(text, 1), done),
  "in pieces": (socket, text, done) => sendSlowly(socket, pieces(text, 7), done),
};

describe.each(Object.entries(feedings))("an answer that comes %s", (feeding, feed) => {
  async function converse(sends: string, ending: "close" | "reset" = "close", method = "GET") {
    const worker = await startScriptedWorker(({ socket }) => {
      feed(socket, sends, () => (ending === "close" ? socket.end() : socket.resetAndDestroy()));
    });
    const { endpoint, log } = await startFront([worker.endpoint]);
    const heard = await converseHttp(endpoint, REQUEST.replace("GET", method), { methods: [method] });
    return { ...heard, log };
  }

  test.each(good)("$name", async ({ sends, ending, method, status, body, headers, reason }) => {
    const { answers, end } = await converse(sends, ending, method);
    expect(answers).toHaveLength(1);
    const [answer] = answers;
    expect(answer).toMatchObject({ status, isComplete: true });
    if (body !== undefined) expect(answer?.body).toBe(body);
    if (reason !== undefined) expect(answer?.reason).toBe(reason);
    for (const [name, value] of Object.entries(headers ?? {}))
      expect([name, header(answer, name)]).toEqual([name, value]);
    expect(end).toBe("open");
  });

  test.each(refused)("$name is a 502", async ({ sends, status, code }) => {
    const { answers, log } = await converse(sends);
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatchObject({ status, isComplete: true });
    expect(log.codes).toEqual([code]);
    const id = header(answers[0], "x-request-id");
    expect(id).toMatch(/^[\w-]{5,}$/);
    expect(answers[0]?.body).toContain(id);
    expect(log.lines[0]?.fields).toMatchObject({ requestId: id, uri: "/x", method: "GET" });
  });

  test.each(broken)("$name is never presented as whole", async ({ sends, ending, status, body, code }) => {
    const { answers, end, log } = await converse(sends, ending);
    expect(log.codes).toEqual([code]);
    expect(answers).toHaveLength(1);
    // While nothing has reached the client, a 502 tells it best.
    if (answers[0]?.status === 502) return;
    expect(end).not.toBe("open");
    expect(answers[0]).toMatchObject({ status, isComplete: false });
    expect(body?.startsWith(answers[0]?.body ?? "?")).toBe(true);
  });

  test.each(brokenChunks)("$name: never a whole answer", async ({ sends }) => {
    const { answers, log } = await converse(sends);
    expect(log.codes).toEqual(["UWB_ERR_CHUNK_MALFORMED"]);
    const [answer] = answers;
    if (feeding === "whole") expect(answer).toMatchObject({ status: 502 });
    expect(answer?.status === 502 || answer?.isComplete === false).toBe(true);
  });

  test("three Set-Cookie stay three, in their order", async () => {
    const { answers } = await converse(
      `${OK}Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nSet-Cookie: c=3\r\n${LENGTH3}abc`,
    );
    const cookies = answers[0]?.headers.filter(([name]) => name === "set-cookie").map(([, value]) => value);
    expect(cookies).toEqual(["a=1", "b=2", "c=3"]);
  });
});

test("an answer that breaks off after its beginning has reached the client breaks the client's connection", async () => {
  const worker = await startScriptedWorker(({ socket }) => {
    socket.write(`${OK}Content-Length: 10\r\n\r\nabc`, () => setTimeout(() => socket.end(), 30));
  });
  const { endpoint } = await startFront([worker.endpoint]);
  const { answers, end } = await converseHttp(endpoint, REQUEST);
  expect(answers[0]).toMatchObject({ status: 200, body: "abc", isComplete: false });
  expect(end).not.toBe("open");
});

test("a short body of unknown length that is all there gets its length", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.end(`${OK}\r\nabc`));
  const { endpoint } = await startFront([worker.endpoint]);
  const { answers } = await converseHttp(endpoint, REQUEST);
  expect(header(answers[0], "transfer-encoding")).toBeUndefined();
  expect(header(answers[0], "content-length")).toBe("3");
});

test("a truncated answer to an HTTP/1.0 client is a reset: nothing else would tell it", async () => {
  const worker = await startScriptedWorker(({ socket }) => {
    socket.write(`${OK}\r\nabc`, () => setTimeout(() => socket.resetAndDestroy(), 20));
  });
  const { endpoint } = await startFront([worker.endpoint]);
  const { end, raw } = await converseHttp(endpoint, "GET /x HTTP/1.0\r\n\r\n");
  expect(raw).toContain("abc");
  expect(end).toBe("reset");
});

test("the head of an answer reaches the client before its body begins", async () => {
  const worker = await startScriptedWorker(({ socket }) => {
    socket.write(`${OK}Content-Type: text/event-stream\r\n\r\n`);
  });
  const { endpoint } = await startFront([worker.endpoint]);
  const { raw } = await converseHttp(endpoint, REQUEST);
  expect(raw).toContain("text/event-stream");
});

function pieces(text: string, size: number): string[] {
  // Long heads are sent in fewer, larger pieces: what matters is that the cuts fall everywhere in the short ones.
  const step = text.length > 2000 ? 977 : size;
  return Array.from({ length: Math.ceil(text.length / step) }, (_, index) =>
    text.slice(index * step, (index + 1) * step),
  );
}

function sendSlowly(socket: Socket, texts: readonly string[], done: () => void): void {
  const [first, ...rest] = texts;
  if (first === undefined || socket.destroyed) {
    done();
    return;
  }
  socket.write(Buffer.from(first, "latin1"), () => setImmediate(() => sendSlowly(socket, rest, done)));
}
