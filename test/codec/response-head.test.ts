import { describe, expect, test } from "vitest";
import { parseResponseHead, type ResponseHead, responseHeadText } from "../../src/codec/index.ts";

describe("a head as text", () => {
  test("may end with or without a line end", () => {
    const head = { status: 200, reason: "OK", headers: [["A", "1"]] };
    expect(parseResponseHead("HTTP/1.1 200 OK\r\nA: 1")).toEqual(head);
    expect(parseResponseHead("HTTP/1.1 200 OK\r\nA: 1\r\n")).toEqual(head);
    expect(parseResponseHead("HTTP/1.1 200 OK\nA: 1\n")).toEqual(head);
  });

  test("may be a status line alone", () => {
    expect(parseResponseHead("HTTP/1.1 200 OK")).toEqual({ status: 200, reason: "OK", headers: [] });
  });

  test("may be a Status field alone", () => {
    expect(parseResponseHead("Status: 404")).toEqual({ status: 404, reason: "", headers: [] });
  });

  test("may not be empty", () => {
    expect(() => parseResponseHead("")).toThrow(malformed(0));
    expect(() => parseResponseHead("")).toThrow(/an empty head/);
  });

  test("may not hold an empty line", () => {
    expect(() => parseResponseHead("HTTP/1.1 200 OK\r\nA: 1\r\n\r\nB: 2\r\n")).toThrow(malformed(23));
  });

  test("may not end in a bare CR", () => {
    expect(() => parseResponseHead("HTTP/1.1 200 OK\r\nA: 1\r")).toThrow(malformed(17));
  });
});

describe("the status line", () => {
  test.each(["HTTP/1.1 100", "HTTP/1.0 200 ", "HTTP/9.9 999 \t~\u0080\u00ff", "HTTP/0.0 200 !"])(
    "may be %j",
    (line) => {
      expect(parseResponseHead(line).status).toBe(Number(line.slice(9, 12)));
    },
  );

  test.each([
    "HTTP/",
    "HTTP/1.1",
    "HTTP/1.1 ",
    "HTTP/1.1 20",
    "HTTP/1.1 2000",
    "HTTP/1.1 099",
    "HTTP/1.1 200OK",
    "HTTP/1.1\t200 OK",
    "HTTP/11 200 OK",
    "HTTP/1.11 200 OK",
    "HTTP/11.1 200 OK",
    "HTTP/HTTP/1.1 200 OK",
    "HTTP/a.1 200 OK",
    "HTTP/1.b 200 OK",
    "HTTP/2 200",
    "XHTTP/1.1 200 OK",
    "HTTP/1.1 200 a\u0000b",
    "HTTP/1.1 200 a\u001fb",
    "HTTP/1.1 200 a\u007fb",
    "HTTP/1.1 200 a\rb",
  ])("may not be %j", (line) => {
    expect(() => parseResponseHead(`${line}\r\nA: 1\r\n`)).toThrow(malformed(0));
  });

  test("has a message of its own when it is malformed", () => {
    expect(() => parseResponseHead("HTTP/1.1 abc\r\n")).toThrow(/a malformed status line/);
    expect(() => parseResponseHead("http/1.1 200\r\n")).toThrow(/a malformed header field/);
    expect(() => parseResponseHead("Status: abc\r\n")).toThrow(/a malformed Status field/);
  });

  test("gives a reason without the blanks around it", () => {
    expect(parseResponseHead("HTTP/1.1 200  Very \t good \t ").reason).toBe("Very \t good");
  });
});

describe("a field", () => {
  test.each(["A:1", "A: 1", "A:\t1", "A: 1 ", "A: 1\t", "A: \t 1 \t "])(
    "has the same value in %j",
    (line) => {
      expect(parseResponseHead(`HTTP/1.1 200 OK\n${line}`).headers).toEqual([["A", "1"]]);
    },
  );

  test.each(["A:", "A: ", "A:\t \t"])("has an empty value in %j", (line) => {
    expect(parseResponseHead(`HTTP/1.1 200 OK\n${line}`).headers).toEqual([["A", ""]]);
  });

  test("keeps characters that only look like blanks", () => {
    expect(parseResponseHead("A: \u00a0b\u00a0").headers).toEqual([["A", "\u00a0b\u00a0"]]);
  });

  test.each([
    "(",
    ")",
    ",",
    "/",
    ";",
    "<",
    "=",
    ">",
    "?",
    "@",
    "[",
    "\\",
    "]",
    "{",
    "}",
    '"',
    "\u007f",
    "\u0080",
  ])("may not have %j in its name", (character) => {
    expect(() => parseResponseHead(`A${character}B: 1`)).toThrow(malformed(0));
  });

  test.each(["\u0000", "\u0008", "\u000b", "\u000c", "\r", "\u001f", "\u007f"])(
    "may not have %j in its value",
    (character) => {
      expect(() => parseResponseHead(`A: a${character}b`)).toThrow(malformed(0));
      expect(() => parseResponseHead(`A: ${character}`)).toThrow(malformed(0));
    },
  );

  test("may not be above U+00FF, which no byte is", () => {
    expect(() => parseResponseHead("A: \u0100")).toThrow(malformed(0));
  });
});

describe("the form of CGI", () => {
  test.each([
    { text: "Status: 200 OK", head: { status: 200, reason: "OK" } },
    { text: "sTATUS:404   Not Found ", head: { status: 404, reason: "Not Found" } },
    { text: "Status: 500", head: { status: 500, reason: "" } },
    { text: "Location: /x", head: { status: 302, reason: "Found" } },
    { text: "lOCATION: /x", head: { status: 302, reason: "Found" } },
    { text: "Content-Location: /x", head: { status: 200, reason: "OK" } },
    { text: "X-Status: 404", head: { status: 200, reason: "OK" } },
    { text: "Statut: 404", head: { status: 200, reason: "OK" } },
  ])("reads $text as $head.status", ({ text, head }) => {
    expect(parseResponseHead(text)).toMatchObject(head);
  });

  test("reads a reason in latin-1", () => {
    expect(parseResponseHead("Status: 200 D\u00e9j\u00e0")).toMatchObject({ reason: "D\u00e9j\u00e0" });
  });

  test.each(["", "abc", "20", "2000", "099", "200OK", "HTTP/1.1 200", "+200", "2 00"])(
    "takes %j for no status",
    (value) => {
      expect(() => parseResponseHead(`Status: ${value}`)).toThrow(malformed(0));
    },
  );

  test("takes every Status field out of the fields, and uses the first", () => {
    expect(parseResponseHead("A: 1\nStatus: 201 One\nStatus: 202 Two\nB: 2")).toEqual({
      status: 201,
      reason: "One",
      headers: [
        ["A", "1"],
        ["B", "2"],
      ],
    });
  });
});

describe("the number of fields", () => {
  test.each([
    { maxFields: 3, ok: true },
    { maxFields: 2, ok: false },
  ])("3 where $maxFields are allowed, a Status counted", ({ maxFields, ok }) => {
    const parse = () => parseResponseHead("A: 1\nStatus: 200\nB: 2", { maxFields });
    if (ok) expect(parse().headers).toHaveLength(2);
    else {
      const tooLarge = { code: "UWB_ERR_RESPONSE_TOO_LARGE", offset: 17, statusHint: 502 };
      expect(parse).toThrow(expect.objectContaining(tooLarge));
      expect(parse).toThrow(/more than 2 header fields/);
    }
  });

  test("is 256 when nothing is said", () => {
    expect(parseResponseHead("A: 1\n".repeat(256)).headers).toHaveLength(256);
    expect(() => parseResponseHead("A: 1\n".repeat(257))).toThrow(
      expect.objectContaining({ code: "UWB_ERR_RESPONSE_TOO_LARGE", offset: 5 * 256 }),
    );
  });
});

describe("writing a head", () => {
  test("ends every line in CRLF and adds the empty line", () => {
    const head: ResponseHead = {
      status: 404,
      reason: "Not Found",
      headers: [
        ["A", "1"],
        ["B", ""],
      ],
    };
    expect(responseHeadText(head)).toBe("HTTP/1.1 404 Not Found\r\nA: 1\r\nB: \r\n\r\n");
  });

  test("writes no field where there is none", () => {
    expect(responseHeadText({ status: 200, reason: "", headers: [] })).toBe("HTTP/1.1 200 \r\n\r\n");
  });
});

function malformed(offset: number): unknown {
  return expect.objectContaining({
    name: "ProtocolError",
    code: "UWB_ERR_RESPONSE_MALFORMED",
    offset,
    statusHint: 502,
  });
}
