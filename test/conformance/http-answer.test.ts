import { describe, expect, test } from "vitest";
import {
  announcesClose,
  type ConnectionEnd,
  readAnswers,
} from "../../protocol/conformance/front/http-answer.ts";
import { cutBytes, seededRandom } from "../../protocol/conformance/front/split.ts";

const OK = "HTTP/1.1 200 OK\r\n";

function read(text: string, end: ConnectionEnd = "open", methods: readonly string[] = ["GET"]) {
  return readAnswers(Buffer.from(text, "latin1"), methods, end);
}

describe("a whole answer", () => {
  test.each([
    [`${OK}Content-Length: 3\r\n\r\nabc`, "length"],
    [`${OK}Transfer-Encoding: chunked\r\n\r\n1;x\r\na\r\n2\r\nbc\r\n0\r\nX: 1\r\n\r\n`, "chunked"],
  ])("%j", (text, framing) => {
    const { answers, surplus, fault } = read(`${text}more`);
    expect(answers).toMatchObject([{ status: 200, framing, isComplete: true, body: Buffer.from("abc") }]);
    expect([surplus.toString(), fault]).toEqual(["more", undefined]);
    for (let cut = 1; cut < text.length; cut += 1) {
      const part = read(text.slice(0, cut));
      expect([part.fault, part.surplus.length]).toEqual([undefined, 0]);
      expect(part.answers.filter(({ isComplete }) => isComplete)).toEqual([]);
    }
  });

  test("until the close, in order", () => {
    expect(read(`${OK}\r\nabc`, "fin").answers[0]).toMatchObject({ framing: "close", isComplete: true });
    expect(read(`${OK}\r\nabc`, "reset").answers[0]).toMatchObject({ isComplete: false });
    expect(read(`${OK}\r\nabc`).answers[0]).toMatchObject({ isComplete: false });
  });

  test.each(["HEAD", "204", "304"])("without a body: %s", (what) => {
    const status = what === "HEAD" ? "200" : what;
    const text = `HTTP/1.1 ${status} X\r\nContent-Length: 3\r\n\r\nabc`;
    const { answers, surplus } = read(text, "open", [what === "HEAD" ? "HEAD" : "GET"]);
    expect(answers[0]).toMatchObject({ framing: "none", isComplete: true });
    expect(surplus.toString()).toBe("abc");
  });

  test("1xx come before it, and are no answer", () => {
    const { answers, interim } = read(`HTTP/1.1 103 Hints\r\nA: 1\r\n\r\n${OK}Content-Length: 0\r\n\r\n`);
    expect([interim[0]?.status, answers[0]?.status]).toEqual([103, 200]);
  });
});

test.each([
  ["hello", "no answer begins"],
  ["HTTP/2 200 OK\r\n\r\n", "no status line"],
  ["HTTP/1.1 20 OK\r\n\r\n", "no status line"],
  [`${OK}A : 1\r\n\r\n`, "no header field"],
  [`${OK}A: 1\r\n 2\r\n\r\n`, "no header field"],
  [`${OK}A: 1\rB: 2\r\n\r\n`, "no header field"],
  [`${OK}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`, "more than one"],
  [`${OK}Content-Length: +3\r\n\r\nabc`, "Content-Length"],
  [`${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc`, "both"],
  [`${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`, "Transfer-Encoding"],
  [`HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, "Transfer-Encoding"],
  [`${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, "no chunk size"],
  [`${OK}Transfer-Encoding: chunked\r\n\r\n1\r\naXX`, "no line end"],
])("no client can be sure of %j", (text, reason) => {
  expect(read(text).fault).toContain(reason);
});

test("a head that the connection ends in is a fault once it has", () => {
  expect(read("HTTP/1.1 200 O").fault).toBeUndefined();
  expect(read("HTTP/1.1 200 O", "fin").fault).toContain("ended inside the head");
});

test.each([
  ["", false],
  ["Connection: Keep-Alive, CLOSE\r\n", true],
  ["Connection: keep-alive\r\n", false],
])("the end of the connection is announced by %j: %s", (field, expected) => {
  const [answer] = read(`${OK}${field}Content-Length: 0\r\n\r\n`).answers;
  expect(answer && announcesClose(answer)).toBe(expected);
});

test.each(["whole", "bytes", "random"] as const)("cut %s, no byte is lost", (split) => {
  const random = seededRandom("a case");
  for (const size of [0, 1, 2, 1024, 1025, 70_000]) {
    const bytes = Buffer.alloc(size, "0123456789");
    const pieces = cutBytes(bytes, split, random);
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    expect(size < 2 || pieces.every(({ length }) => length > 0)).toBe(true);
  }
});

test("the same text draws the same numbers", () => {
  const draw = (text: string) => Array.from({ length: 5 }, seededRandom(text));
  expect(draw("a")).toEqual(draw("a"));
  expect(draw("a")).not.toEqual(draw("b"));
});
