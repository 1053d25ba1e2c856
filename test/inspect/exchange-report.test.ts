import { describe, expect, test } from "vitest";
import { encodePacket, type Packet, type Vars } from "../../src/codec/index.ts";
import { ExchangeReport, type ExchangeReportOptions } from "../../src/inspect/exchange-report.ts";

const QUIET: ExchangeReportOptions = { vars: false, hex: false, showSecrets: false };

const GET: Vars = [
  ["REQUEST_METHOD", "GET"],
  ["REQUEST_URI", "/items?page=2"],
  ["PATH_INFO", "/items"],
  ["SERVER_PROTOCOL", "HTTP/1.1"],
  ["HTTP_HOST", "a.test"],
];

test("an exchange is a line when it comes, a line when it is answered, and a line at its end", () => {
  const { report, lines } = reporter();
  report.onBytes("client", packet(GET), 1);
  report.onBytes("worker", Buffer.from("HTTP/1.1 200 OK\r\nA: b\r\n\r\nHello"), 2.54);
  report.onEnding("worker", "FIN", 3);
  report.onEnding("client", "FIN", 3);
  report.onClosed(3.26);
  expect(lines).toEqual([
    "#7 -> GET /items?page=2 HTTP/1.1 (host a.test): 5 vars in 114 bytes, no body, from 127.0.0.1:5",
    "#7 <- HTTP/1.1 200 OK after 2.5 ms",
    "#7 == 3.3 ms: 118 bytes to the worker (0 of body), 30 bytes back (5 of body); worker FIN, client FIN",
  ]);
});

test("bodies are counted both ways", () => {
  const { report, lines } = reporter();
  report.onBytes("client", packet([["CONTENT_LENGTH", "6"]]), 1);
  report.onBytes("client", Buffer.from("abc"), 1);
  report.onBytes("client", Buffer.from("def"), 1);
  report.onBytes(
    "worker",
    Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"),
    2,
  );
  report.onBytes("worker", Buffer.from("0\r\n\r\n"), 2);
  report.onClosed(3);
  expect(lines[0]).toContain("a request without a method: 1 var in 19 bytes, 6 bytes of body");
  expect(lines.at(-1)).toContain("29 bytes to the worker (6 of body), 59 bytes back (2 of body); cut");
});

describe("the request line", () => {
  test.each<{ name: string; vars: Vars; line: string }>([
    {
      name: "is put together without REQUEST_URI",
      vars: [
        ["REQUEST_METHOD", "GET"],
        ["SCRIPT_NAME", "/app"],
        ["PATH_INFO", "/x"],
        ["QUERY_STRING", "a=b"],
      ],
      line: "GET /app/x?a=b:",
    },
    {
      name: "is escaped",
      vars: [
        ["REQUEST_METHOD", "GET"],
        ["REQUEST_URI", "/\u001b[2J"],
      ],
      line: "GET /\\x1b[2J:",
    },
    {
      name: "takes the last of several vars, as uWSGI does",
      vars: [
        ["REQUEST_METHOD", "GET"],
        ["REQUEST_METHOD", "PUT"],
        ["REQUEST_URI", "/"],
      ],
      line: "PUT /:",
    },
  ])("$name", ({ vars, line }) => {
    const { report, lines } = reporter();
    report.onBytes("client", packet(vars), 1);
    expect(lines[0]).toContain(`#7 -> ${line}`);
  });

  test("names modifiers other than 0", () => {
    const { report, lines } = reporter();
    report.onBytes("client", packet(GET, { modifier1: 5, modifier2: 1 }), 1);
    expect(lines[0]).toContain(", no body, modifiers 5 and 1, from");
  });

  test("tells a body without a length", () => {
    const { report, lines } = reporter();
    report.onBytes("client", packet([["HTTP_TRANSFER_ENCODING", "chunked"]]), 1);
    expect(lines[0]).toContain("a body without a length");
  });
});

test("a ping is answered by a packet", () => {
  const { report, lines } = reporter();
  report.onBytes("client", packet([], { modifier1: 100, modifier2: 0 }), 1);
  report.onBytes("worker", Buffer.from([100, 0, 0, 1]), 2);
  expect(lines).toEqual([
    "#7 -> a ping: 0 vars in 0 bytes, modifiers 100 and 0, from 127.0.0.1:5",
    "#7 <- a packet after 2.0 ms: modifiers 100 and 1",
  ]);
});

test("with vars, all vars and headers are told, and secrets of both are hidden", () => {
  const { report, lines } = reporter({ ...QUIET, vars: true });
  report.onBytes("client", packet([["HTTP_COOKIE", "sid=1"]]), 1);
  report.onBytes(
    "worker",
    Buffer.from("HTTP/1.1 200 OK\r\nSet-Cookie: sid=2\r\nX: \u00ff\r\n\r\n", "latin1"),
    2,
  );
  expect(lines.slice(1)).toEqual([
    "#7       20  HTTP_COOKIE  [redacted, 5 bytes]",
    "#7 <- HTTP/1.1 200 OK after 2.0 ms",
    "#7    Set-Cookie: [redacted, 5 bytes]",
    "#7    X: \\xff",
  ]);
});

test("secrets are shown on request", () => {
  const { report, lines } = reporter({ vars: true, hex: true, showSecrets: true });
  report.onBytes("client", packet([["HTTP_COOKIE", "sid=1"]]), 1);
  report.onBytes("worker", Buffer.from("HTTP/1.1 200 OK\r\nSet-Cookie: sid=2\r\n\r\n"), 2);
  expect(lines.join("\n")).toContain("HTTP_COOKIE  sid=1");
  expect(lines.join("\n")).toContain("73 69 64 3d 31");
  expect(lines.join("\n")).toContain("Set-Cookie: sid=2");
});

test("with hex, the bytes of the packet are told", () => {
  const { report, lines } = reporter({ ...QUIET, hex: true });
  report.onBytes("client", packet([["A", "b"]]), 1);
  expect(lines[1]).toMatch(/^#7 {4}00000 {2}00 +modifier1 0: a request/);
  expect(lines).toHaveLength(1 + 7);
});

test("several exchanges on one connection are told apart, and each answer is read for its own request", () => {
  const { report, lines } = reporter();
  report.onBytes("client", packet([["REQUEST_METHOD", "HEAD"]]), 1);
  report.onBytes("worker", Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), 2);
  report.onBytes("client", packet([["REQUEST_METHOD", "GET"]]), 3);
  report.onBytes("worker", Buffer.from("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope"), 4);
  report.onClosed(5);
  expect(lines.filter((line) => line.includes("<-"))).toEqual([
    "#7 <- HTTP/1.1 200 OK after 2.0 ms",
    "#7 <- HTTP/1.1 404 Not Found after 4.0 ms",
  ]);
  expect(lines.at(-1)).toContain("(4 of body); cut");
});

test("an answer in CGI style says so", () => {
  const { report, lines } = reporter();
  report.onBytes("client", packet(GET), 1);
  report.onBytes("worker", Buffer.from("Status: 404 Not Found\r\n\r\n"), 2);
  expect(lines[1]).toBe("#7 <- 404 Not Found (without a status line) after 2.0 ms");
});

describe("what is wrong:", () => {
  test("no answer, with the likely reasons", () => {
    const { report, lines } = reporter();
    report.onBytes("client", packet([["A", "x".repeat(5000)]]), 1);
    report.onEnding("worker", "RST", 2);
    report.onClosed(2);
    expect(lines[1]).toBe("#7 !! the connection ended without an answer");
    expect(lines[2]).toContain("#7    - 5005 bytes of vars are more than the 4096");
    expect(lines.at(-1)).toContain("; worker RST");
  });

  test("an answer that ends inside its body", () => {
    const { report, lines } = reporter();
    report.onBytes("client", packet(GET), 1);
    report.onBytes("worker", Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnope"), 2);
    report.onEnding("worker", "FIN", 3);
    expect(lines[2]).toMatch(/^#7 !! the worker closed .* \[UWB_ERR_RESPONSE_TRUNCATED\]$/);
  });

  test("an answer that is cut by a reset, or because the client left", () => {
    const { report, lines } = reporter();
    report.onBytes("client", packet(GET), 1);
    report.onBytes("worker", Buffer.from("HTTP/1.1 200 OK\r\n\r\nnope"), 2);
    report.onEnding("worker", "RST", 3);
    report.onClosed(3);
    expect(lines[2]).toBe("#7 !! the connection ended inside the answer");
  });

  test("an answer that is no HTTP", () => {
    const { report, lines } = reporter();
    report.onBytes("client", packet(GET), 1);
    report.onBytes("worker", Buffer.from("SSH-2.0\u001b\r\n\r\n"), 2);
    expect(lines[1]).toMatch(/^#7 !! .* \[UWB_ERR_RESPONSE_MALFORMED\]; it begins with "SSH-2.0\\x1b"$/);
  });

  test("a body that is shorter than announced", () => {
    const { report, lines } = reporter();
    report.onBytes("client", packet([["CONTENT_LENGTH", "6"]]), 1);
    report.onBytes("client", Buffer.from("ab"), 1);
    report.onEnding("client", "FIN", 2);
    expect(lines[1]).toBe("#7 !! 4 of the 6 bytes of body never came");
  });

  test("a client that speaks HTTP; its first line is shown, no more", () => {
    const { report, lines } = reporter();
    report.onBytes("client", Buffer.from("GET / HTTP/1.1\r\nCookie: sid=1\r\n\r\n"), 1);
    expect(lines[0]).toMatch(/^#7 !! not a packet: .* \[UWB_ERR_NOT_UWSGI\]$/);
    expect(lines.join("\n")).toContain("GET / HTTP/1.1..");
    expect(lines.join("\n")).not.toContain("sid");
  });

  test("a packet that is cut", () => {
    const { report, lines } = reporter();
    report.onBytes("client", packet(GET).subarray(0, 30), 1);
    report.onEnding("client", "RST", 2);
    expect(lines[0]).toContain("[UWB_ERR_PACKET_TRUNCATED]");
  });

  test("a packet that is larger than allowed", () => {
    const { report, lines } = reporter({ ...QUIET, maxVarsBytes: 100 });
    report.onBytes("client", packet(GET), 1);
    expect(lines[0]).toContain("114 bytes of vars, limit is 100");
  });

  test("a worker that can not be reached", () => {
    const { report, lines } = reporter();
    report.onRefused(new Error("connect ECONNREFUSED 127.0.0.1:1"));
    report.onClosed(1);
    expect(lines).toEqual([
      "#7 !! the worker can not be reached: connect ECONNREFUSED 127.0.0.1:1",
      "#7 == 1.0 ms: 0 bytes to the worker (0 of body), 0 bytes back (0 of body); cut",
    ]);
  });
});

function reporter(options = QUIET): { report: ExchangeReport; lines: string[] } {
  const lines: string[] = [];
  const report = new ExchangeReport(7, options, { from: "127.0.0.1:5", print: (line) => lines.push(line) });
  return { report, lines };
}

function packet(vars: Vars, modifiers: Omit<Packet, "vars"> = { modifier1: 0, modifier2: 0 }): Buffer {
  return Buffer.from(encodePacket({ ...modifiers, vars }));
}
