import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { reasonPhrase } from "../../src/gateway/reason-phrases.ts";
import { announceResponse, describe as nameOf } from "../../src/gateway/response-start.ts";

describe("the status as a string", () => {
  test.each([
    { status: "200 OK", code: 200, reason: "OK" },
    { status: "200 ", code: 200, reason: "" },
    { status: "999 x", code: 999, reason: "x" },
    { status: "299 Very Custom Reason", code: 299, reason: "Very Custom Reason" },
    { status: "404 Not\tFound", code: 404, reason: "Not\tFound" },
    { status: "200 \u0080\u00ff~!", code: 200, reason: "\u0080\u00ff~!" },
    { status: "200 Voil\u00c3\u00a0", code: 200, reason: "Voil\u00c3\u00a0" },
    { status: "200 Next\u00c2\u0085", code: 200, reason: "Next\u00c2\u0085" },
  ])("$status", ({ status, code, reason }) => {
    expect(announceResponse(status, []).head).toMatchObject({ status: code, reason });
  });

  test.each([
    "",
    "200",
    "OK",
    "20 OK",
    "2000 OK",
    "200OK",
    "200\tOK",
    " 200 OK",
    "099 Low",
    "000 None",
    "-200 OK",
    "2e2 OK",
    "100 Continue",
    "199 x",
    "200  ",
    "200 OK ",
    "200 OK\t",
    "200 OK\n",
    "200 O\nK",
    "200 OK\r\nX-Injected: 1",
    "200 O\0K",
    "200 O\u007fK",
    "200 \u0100",
    "200 \u20ac",
  ])("%o is refused", (status) => {
    expect(() => announceResponse(status, [])).toThrow(usageError("UWB_ERR_STATUS"));
  });

  test("the message shows what it got", () => {
    expect(() => announceResponse("200", [])).toThrow('got "200"');
    expect(() => announceResponse("100 Continue", [])).toThrow(
      '1xx is not a final status, got "100 Continue"',
    );
    expect(() => announceResponse("200 OK ", [])).toThrow('status ends in a space: "200 OK "');
  });
});

describe("the status as a number", () => {
  test.each([
    { status: 200, reason: "OK" },
    { status: 201, reason: "Created" },
    { status: 404, reason: "Not Found" },
    { status: 413, reason: "Content Too Large" },
    { status: 511, reason: "Network Authentication Required" },
    { status: 299, reason: "Unknown" },
    { status: 999, reason: "Unknown" },
  ])("$status is completed to $reason", ({ status, reason }) => {
    expect(announceResponse(status, []).head).toMatchObject({ status, reason });
  });

  test.each([199, 100, 0, -200, 1000, 200.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "%s is refused",
    (status) => {
      expect(() => announceResponse(status, [])).toThrow(usageError("UWB_ERR_STATUS"));
      expect(() => announceResponse(status, [])).toThrow(`got ${status}`);
    },
  );

  test("every registered phrase is fit for a status line", () => {
    for (let status = 200; status <= 599; status += 1) {
      const reason = reasonPhrase(status);
      expect(announceResponse(`${status} ${reason}`, []).head).toMatchObject({ status, reason });
    }
    expect(reasonPhrase(418)).toBe("Unknown");
  });
});

test.each([undefined, null, true, {}, [], ["200 OK"], () => "200 OK", 200n])(
  "a status that is %o is refused",
  (status) => {
    expect(() => announceResponse(status, [])).toThrow(usageError("UWB_ERR_STATUS"));
  },
);

describe("the list of headers", () => {
  test("is kept in order, with repetitions and as it is spelt", () => {
    const headers = [
      ["Set-Cookie", "a=1"],
      ["x-LoWeR", ""],
      ["Set-Cookie", "b=2"],
      ["!#$%&'*+-.^_`|~09", "v"],
    ];
    expect(announceResponse("200 OK", headers)).toEqual({
      head: { status: 200, reason: "OK", headers },
      contentLength: undefined,
    });
  });

  test("is copied, pairs too", () => {
    const pair = ["X-A", "1"];
    const { head } = announceResponse("200 OK", [pair]);
    pair[1] = "changed";
    expect(head.headers).toEqual([["X-A", "1"]]);
  });

  test("may be long, and so may a value", () => {
    const headers = Array.from({ length: 200 }, (_, index) => [`X-H${index}`, "v".repeat(6000)]);
    expect(announceResponse("200 OK", headers).head.headers).toEqual(headers);
  });

  test.each([undefined, null, {}, { "X-A": "1" }, "X-A: 1", new Map([["X-A", "1"]]), 5])(
    "%o is none",
    (headers) => {
      expect(() => announceResponse("200 OK", headers)).toThrow(usageError("UWB_ERR_HEADERS"));
    },
  );

  test.each(["X-A: 1", ["X-A"], ["X-A", "1", "2"], [], null, undefined, { 0: "X-A", 1: "1", length: 2 }])(
    "%o is no pair, and the message says where",
    (pair) => {
      const announce = () => announceResponse("200 OK", [["X-Fine", "1"], pair]);
      expect(announce).toThrow(usageError("UWB_ERR_HEADERS"));
      expect(announce).toThrow("headers[1] ");
    },
  );
});

describe("a header name", () => {
  test.each([
    "",
    "X Bad",
    "X-Bad:",
    "X-Bad\n",
    "X\0",
    "X\u007f",
    "Caf\u00e9",
    "\u20ac",
    "X(",
    "X/Y",
    'X"',
    "X@",
  ])("%o is none", (name) => {
    expect(() => announceResponse("200 OK", [[name, "v"]])).toThrow(usageError("UWB_ERR_HEADER_NAME"));
  });

  test.each([5, null, undefined, {}, Symbol("x")])("that is %o is none", (name) => {
    expect(() => announceResponse("200 OK", [[name, "v"]])).toThrow(usageError("UWB_ERR_HEADER_NAME"));
  });

  test.each(["Status", "status", "STATUS"])("%s is refused: the status has its own argument", (name) => {
    expect(() => announceResponse("200 OK", [[name, "404 Not Found"]])).toThrow(
      usageError("UWB_ERR_HEADER_NAME"),
    );
  });

  test.each([
    "Connection",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "upgrade",
    "TRANSFER-ENCODING",
  ])("%s is refused: it belongs to the connection", (name) => {
    expect(() => announceResponse("200 OK", [[name, "v"]])).toThrow(usageError("UWB_ERR_HOP_BY_HOP"));
  });

  test.each(["Connections", "X-Connection", "Trailers", "Status-Code", "Content-Encoding"])(
    "%s is fine",
    (name) => {
      expect(announceResponse("200 OK", [[name, "v"]]).head.headers).toEqual([[name, "v"]]);
    },
  );
});

describe("a header value", () => {
  test.each(["", " ", "a b\tc", "caf\u00e9", "\u0080\u009f\u00a0\u00ff", "~!", "\u00c3\u00a9"])(
    "%o is one",
    (value) => {
      expect(announceResponse("200 OK", [["X-A", value]]).head.headers).toEqual([["X-A", value]]);
    },
  );

  test.each([
    "\r\n",
    "a\r\nX-Injected: 1",
    "a\n",
    "\n",
    "a\rb",
    "\0",
    "\u001f",
    "\u007f",
    "\u0100",
    "\u20ac",
    "\u{1f600}",
  ])("%o is none", (value) => {
    expect(() => announceResponse("200 OK", [["X-A", value]])).toThrow(usageError("UWB_ERR_HEADER_VALUE"));
  });

  test.each([5, null, undefined, ["v"], Buffer.from("v"), true])("that is %o is none", (value) => {
    expect(() => announceResponse("200 OK", [["X-A", value]])).toThrow(usageError("UWB_ERR_HEADER_VALUE"));
  });

  test("keeps its content out of the message, names its header", () => {
    const announce = () => announceResponse("200 OK", [["Set-Cookie", "secret\n"]]);
    expect(announce).toThrow(/Set-Cookie/);
    expect(announce).not.toThrow(/secret/);
  });
});

describe("Content-Length", () => {
  test.each(["0", "5", "005", "999999999999999"])("%o is one", (value) => {
    const announced = announceResponse("200 OK", [["content-length", value]]);
    expect(announced.contentLength).toBe(Number(value));
    expect(announced.head.headers).toEqual([["content-length", value]]);
  });

  test.each(["abc", "", "-5", "5x", "0x10", " 5", "5 ", "1e3", "5, 5", "1000000000000000"])(
    "%o is none",
    (value) => {
      expect(() => announceResponse("200 OK", [["Content-Length", value]])).toThrow(
        usageError("UWB_ERR_CONTENT_LENGTH"),
      );
    },
  );

  test("twice the same is one header, the first as it is spelt", () => {
    const headers = [
      ["Content-Length", "5"],
      ["X-A", "1"],
      ["content-length", "5"],
      ["CONTENT-LENGTH", "5"],
    ];
    expect(announceResponse("200 OK", headers)).toMatchObject({
      head: { headers: headers.slice(0, 2) },
      contentLength: 5,
    });
  });

  test.each([
    { first: "5", second: "6" },
    { first: "0", second: "6" },
    { first: "5", second: "0" },
  ])("$first and $second are refused, and the message shows both", ({ first, second }) => {
    const announce = () =>
      announceResponse("200 OK", [
        ["Content-Length", first],
        ["Content-Length", second],
      ]);
    expect(announce).toThrow(usageError("UWB_ERR_CONTENT_LENGTH"));
    expect(announce).toThrow(`${first} and ${second}`);
  });

  test.each(["204 No Content", 204])("is dropped from %o, other headers stay", (status) => {
    const headers = [
      ["X-A", "1"],
      ["Content-Length", "4"],
      ["Content-Length", "4"],
    ];
    expect(announceResponse(status, headers)).toEqual({
      head: { status: 204, reason: "No Content", headers: [["X-A", "1"]] },
      contentLength: undefined,
    });
  });

  test("must be a length in a 204 too", () => {
    expect(() => announceResponse(204, [["Content-Length", "x"]])).toThrow(
      usageError("UWB_ERR_CONTENT_LENGTH"),
    );
  });

  test.each(["304 Not Modified", "205 Reset Content"])("stays in %o", (status) => {
    expect(announceResponse(status, [["Content-Length", "4"]])).toMatchObject({
      head: { headers: [["Content-Length", "4"]] },
      contentLength: 4,
    });
  });
});

test.each([
  { value: undefined, name: "undefined" },
  { value: null, name: "null" },
  { value: "text", name: "a string" },
  { value: 5, name: "a number" },
  { value: 5n, name: "a bigint" },
  { value: true, name: "a boolean" },
  { value: () => undefined, name: "a function" },
  { value: [], name: "an array" },
  { value: Buffer.from("x"), name: "bytes" },
  { value: new Uint8Array(), name: "bytes" },
  { value: {}, name: "an object (Object)" },
  { value: new Map(), name: "an object (Map)" },
  { value: Object.create(null), name: "an object (no prototype)" },
])("messages call $value $name", ({ value, name }) => {
  expect(nameOf(value)).toBe(name);
});

function usageError(code: string): unknown {
  return expect.toSatisfy((error) => error instanceof UsageError && error.code === code);
}
