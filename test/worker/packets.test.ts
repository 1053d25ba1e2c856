import { describe, expect, test } from "vitest";
import { encodePacket } from "../../src/codec/packet-encoder.ts";
import type { Application } from "../../src/gateway/types.ts";
import { bodyOf, converse, requestBytes, requestVars, statusOf } from "../support/raw-peer.ts";
import { startWorker, transports } from "../support/workers.ts";

/** What arrives at the application, as JSON, so that a test can look at it. */
function reportingApp(): Application & { calls: number } {
  const app: Application & { calls: number } = Object.assign(
    (async (environ, startResponse) => {
      app.calls += 1;
      const body = await environ["wsgi.input"].read();
      const strings = Object.entries(environ).filter(([, value]) => typeof value === "string");
      startResponse("200 OK", [["Content-Type", "application/json"]]);
      return [
        Buffer.from(JSON.stringify({ body: body.toString("latin1"), environ: Object.fromEntries(strings) })),
      ];
    }) as Application,
    { calls: 0 },
  );
  return app;
}

interface Case {
  readonly name: string;
  readonly bytes: Buffer;
  readonly halfClose?: boolean;
  /** Status of the answer; `closed`: no byte. */
  readonly answer: number | "closed";
  /** Whether the application is called; by default when the answer is 200. */
  readonly called?: boolean;
  readonly body?: string;
  readonly environ?: Record<string, unknown>;
}

const manyVars = Object.fromEntries(Array.from({ length: 1100 }, (_, index) => [`a${index}`, "1"]));
const post = { REQUEST_METHOD: "POST" };

const cases: readonly Case[] = [
  {
    name: "a well-formed GET",
    bytes: requestBytes(),
    answer: 200,
    environ: { PATH_INFO: "/x", HTTP_HOST: "a.test" },
  },
  { name: "a packet without vars", bytes: Buffer.from("00000000", "hex"), answer: 400 },
  {
    name: "one byte of a header, then the end",
    bytes: Buffer.from("00", "hex"),
    halfClose: true,
    answer: "closed",
  },
  {
    name: "three bytes of a header, then the end",
    bytes: Buffer.from("000100", "hex"),
    halfClose: true,
    answer: "closed",
  },
  {
    name: "ten bytes of a hundred, then the end",
    bytes: Buffer.from(`00640000${"78".repeat(10)}`, "hex"),
    halfClose: true,
    answer: "closed",
  },
  { name: "a key that reaches past the block", bytes: Buffer.from("00050000f401616263", "hex"), answer: 400 },
  {
    name: "a value that reaches past the block",
    bytes: Buffer.from("000800000300616263f40178", "hex"),
    answer: 400,
  },
  { name: "half a value length", bytes: Buffer.from("00060000030061626301", "hex"), answer: 400 },
  { name: "a key without a value", bytes: Buffer.from("000500000300616263", "hex"), answer: 400 },
  { name: "a stray byte behind the last pair", bytes: withStrayByte(), answer: 400 },
  { name: "an empty key", bytes: withEmptyKey(), answer: 400 },
  {
    name: "lengths of 65,535 in a block of four bytes",
    bytes: Buffer.from("00040000ffffffff", "hex"),
    answer: 400,
  },
  {
    name: "a block of exactly 65,535 bytes",
    bytes: requestBytes({ HTTP_X: "a".repeat(65_535 - blockSize() - 10) }),
    answer: 200,
  },
  {
    name: "a repeated REQUEST_METHOD: the last one counts",
    bytes: withExtra([["REQUEST_METHOD", "POST"]]),
    answer: 200,
    environ: { REQUEST_METHOD: "POST" },
  },
  {
    name: "a repeated PATH_INFO: the last one counts",
    bytes: withExtra([["PATH_INFO", "/last"]]),
    answer: 200,
    environ: { PATH_INFO: "/last" },
  },
  {
    name: "two different CONTENT_LENGTH",
    bytes: Buffer.concat([
      withExtra([
        ["CONTENT_LENGTH", "3"],
        ["CONTENT_LENGTH", "5"],
      ]),
      Buffer.from("abcde"),
    ]),
    answer: 400,
  },
  { name: "no REQUEST_METHOD", bytes: requestBytes({ REQUEST_METHOD: undefined }), answer: 400 },
  {
    name: "nothing but a method",
    bytes: Buffer.from(encodePacket({ modifier1: 0, modifier2: 0, vars: [["REQUEST_METHOD", "GET"]] })),
    answer: 200,
    environ: {
      PATH_INFO: "",
      SCRIPT_NAME: "",
      QUERY_STRING: "",
      SERVER_NAME: "localhost",
      SERVER_PORT: "80",
    },
  },
  { name: "an empty CONTENT_LENGTH", bytes: requestBytes({ CONTENT_LENGTH: "" }), answer: 200, body: "" },
  {
    name: "a negative CONTENT_LENGTH",
    bytes: requestBytes({ ...post, CONTENT_LENGTH: "-1" }, "abc"),
    answer: 400,
  },
  {
    name: "a CONTENT_LENGTH with junk behind it",
    bytes: requestBytes({ ...post, CONTENT_LENGTH: "3abc" }, "abc"),
    answer: 400,
  },
  {
    name: "a CONTENT_LENGTH of 2^64 + 3",
    bytes: requestBytes({ ...post, CONTENT_LENGTH: "18446744073709551619" }, "abc"),
    answer: 400,
  },
  {
    name: "three bytes of a body of ten, then the end: never a whole body",
    bytes: requestBytes({ ...post, CONTENT_LENGTH: "10" }, "abc"),
    halfClose: true,
    answer: "closed",
    called: true,
  },
  {
    name: "bytes behind the body are dropped",
    bytes: requestBytes({ ...post, CONTENT_LENGTH: "3" }, "abcdef"),
    answer: 200,
    body: "abc",
  },
  {
    name: "a second packet behind the body is no request",
    bytes: Buffer.concat([
      requestBytes({ ...post, CONTENT_LENGTH: "3" }, "abc"),
      requestBytes({ PATH_INFO: "/smuggled" }),
    ]),
    answer: 200,
    body: "abc",
  },
  {
    name: "HTTP_TRANSFER_ENCODING beside CONTENT_LENGTH: the length decides, the var is gone",
    bytes: requestBytes({ ...post, CONTENT_LENGTH: "3", HTTP_TRANSFER_ENCODING: "chunked" }, "abc"),
    answer: 200,
    body: "abc",
    environ: { HTTP_TRANSFER_ENCODING: undefined },
  },
  {
    name: "HTTP_TRANSFER_ENCODING without CONTENT_LENGTH",
    bytes: requestBytes({ ...post, HTTP_TRANSFER_ENCODING: "chunked" }),
    answer: 411,
  },
  {
    name: "HTTP_CONTENT_LENGTH is no length",
    bytes: requestBytes({ ...post, CONTENT_LENGTH: "3", HTTP_CONTENT_LENGTH: "99" }, "abc"),
    answer: 200,
    body: "abc",
    environ: { HTTP_CONTENT_LENGTH: undefined },
  },
  { name: "UWSGI_FILE loads nothing", bytes: requestBytes({ UWSGI_FILE: "/srv/evil.ts" }), answer: 200 },
  {
    name: "UWSGI_MODULE, UWSGI_CALLABLE, UWSGI_CHDIR change nothing",
    bytes: requestBytes({
      UWSGI_MODULE: "evil",
      UWSGI_CALLABLE: "evil",
      UWSGI_CHDIR: "/",
      UWSGI_APPID: "new",
    }),
    answer: 200,
  },
  {
    name: "a path to a file serves no file",
    bytes: requestBytes({ DOCUMENT_ROOT: "/etc", PATH_INFO: "/passwd" }),
    answer: 200,
    environ: { PATH_INFO: "/passwd" },
  },
  {
    name: "a name with a NUL byte is dropped",
    bytes: requestBytes({ "HTTP_X\0Y": "1" }),
    answer: 200,
    environ: { "HTTP_X\0Y": undefined },
  },
  {
    name: "a value with NUL and line ends arrives as it is",
    bytes: requestBytes({ HTTP_X: "a\0b\r\nc" }),
    answer: 200,
    environ: { HTTP_X: "a\0b\r\nc" },
  },
  {
    name: "odd names",
    bytes: requestBytes({ http_x: "1", "A B": "2" }),
    answer: 200,
    environ: { http_x: "1", "A B": "2" },
  },
  {
    name: "vars with the names of server keys are dropped",
    bytes: requestBytes({ "wsgi.input": "evil", "wsgi.url_scheme": "gopher", "uwsgi_bridge.version": "0" }),
    answer: 200,
    environ: { "wsgi.url_scheme": "http" },
  },
  {
    name: "HTTPS=on",
    bytes: requestBytes({ HTTPS: "on" }),
    answer: 200,
    environ: { "wsgi.url_scheme": "https" },
  },
  { name: "1,100 vars", bytes: requestBytes(manyVars), answer: 431 },
  { name: "modifier1 5 is a request", bytes: withModifier(5), answer: 200 },
  { name: "modifier1 22 is refused", bytes: withModifier(22), answer: "closed" },
  { name: "modifier1 224 is refused", bytes: withModifier(224), answer: "closed" },
  { name: "modifier2 7 is a request", bytes: withModifier(0, 7), answer: 200 },
  {
    name: "a path that is no UTF-8",
    bytes: requestBytes({ PATH_INFO: "/\u00c3(" }),
    answer: 200,
    environ: { PATH_INFO: "/\u00c3(" },
  },
  {
    name: "a path that leads upwards reaches the application as it is",
    bytes: requestBytes({ PATH_INFO: "/../../etc/passwd" }),
    answer: 200,
    environ: { PATH_INFO: "/../../etc/passwd" },
  },
  {
    name: "a line end in SERVER_PROTOCOL does not reach the status line",
    bytes: requestBytes({ SERVER_PROTOCOL: "HTTP/1.1\r\nX: y" }),
    answer: 200,
    environ: { SERVER_PROTOCOL: "HTTP/1.1" },
  },
  {
    name: "a line end in REQUEST_METHOD",
    bytes: requestBytes({ REQUEST_METHOD: "GET\r\nX: y" }),
    answer: 400,
  },
  {
    name: "a line end in HTTP_HOST arrives as it is",
    bytes: requestBytes({ HTTP_HOST: "a\r\nX: y" }),
    answer: 200,
    environ: { HTTP_HOST: "a\r\nX: y" },
  },
  { name: "an HTTP request", bytes: Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), answer: 400 },
];

const feedings: Record<string, (bytes: Buffer) => Buffer[]> = {
  whole: (bytes) => [bytes],
  "byte by byte": (bytes) =>
    bytes.length > 1000 ? slices(bytes, 997) : [...bytes].map((byte) => Buffer.of(byte)),
  "in pieces of random size": randomPieces,
};

describe.each(transports)("over %s", (transport) => {
  describe.each(Object.entries(feedings))("fed %s", (_name, cut) => {
    test.each(cases)("$name", async ({ bytes, halfClose, answer, called, body, environ }) => {
      const app = reportingApp();
      const { endpoint } = await startWorker(app, {}, { transport });
      const heard = await converse(endpoint, cut(bytes), halfClose);
      expect(statusOf(heard.text)).toBe(answer);
      expect(heard.end).toBe("fin");
      expect(app.calls).toBe((called ?? answer === 200) ? 1 : 0);
      if (answer !== 200) return;
      const report = JSON.parse(Buffer.from(bodyOf(heard.text), "latin1").toString()) as {
        body: string;
        environ: Record<string, unknown>;
      };
      if (body !== undefined) expect(report.body).toBe(body);
      for (const [name, value] of Object.entries(environ ?? {})) expect(report.environ[name]).toBe(value);
    });
  });
});

test("an HTTP request is told what this port is for", async () => {
  const { endpoint, log } = await startWorker(reportingApp());
  const heard = await converse(endpoint, [Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]);
  expect(bodyOf(heard.text)).toContain("this port speaks uwsgi");
  expect(log.codes).toEqual(["UWB_ERR_NOT_UWSGI"]);
});

test("a connection that says nothing is closed without a line in the log", async () => {
  const { endpoint, log } = await startWorker(reportingApp());
  expect(await converse(endpoint, [], true)).toEqual({ text: "", end: "fin" });
  expect(log.lines).toEqual([]);
});

test("a refused modifier is logged once, not once per packet", async () => {
  const { endpoint, log } = await startWorker(reportingApp());
  for (let count = 0; count < 3; count += 1) await converse(endpoint, [withModifier(111)]);
  await converse(endpoint, [withModifier(17)]);
  expect(log.lines.map(({ fields }) => fields["modifier1"])).toEqual([111, 17]);
});

test.each(transports)("a ping is answered over %s", async (transport) => {
  const { endpoint } = await startWorker(reportingApp(), {}, { transport });
  const heard = await converse(endpoint, [Buffer.from("64000000", "hex")]);
  expect(Buffer.from(heard.text, "latin1").toString("hex")).toBe("64000001");
});

function withStrayByte(): Buffer {
  const bytes = requestBytes();
  bytes.writeUInt16LE(bytes.readUInt16LE(1) + 1, 1);
  return Buffer.concat([bytes, Buffer.of(0)]);
}

function withEmptyKey(): Buffer {
  const bytes = requestBytes();
  bytes.writeUInt16LE(bytes.readUInt16LE(1) + 5, 1);
  return Buffer.concat([bytes, Buffer.from("0000010076", "hex")]);
}

function withExtra(extra: readonly (readonly [string, string])[]): Buffer {
  return Buffer.from(encodePacket({ modifier1: 0, modifier2: 0, vars: [...requestVars(), ...extra] }));
}

function withModifier(modifier1: number, modifier2 = 0): Buffer {
  return Buffer.from(encodePacket({ modifier1, modifier2, vars: requestVars() }));
}

function blockSize(): number {
  return requestBytes().length - 4;
}

function slices(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

/** Cuts that are the same in every run: a test that fails must fail again. */
function randomPieces(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let seed = bytes.length;
  for (let start = 0; start < bytes.length; ) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const end = Math.min(bytes.length, start + 1 + (seed % Math.max(16, bytes.length / 8)));
    pieces.push(bytes.subarray(start, Math.floor(end)));
    start = Math.floor(end);
  }
  return pieces;
}
