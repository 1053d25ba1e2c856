import { describe, expect, test } from "vitest";
import { ErrorLog } from "../../src/gateway/error-log.ts";

describe("lines", () => {
  test("a line is logged when its end arrives, without it", () => {
    const { log, lines } = opened();
    log.write("on");
    log.write("e\ntw");
    expect(lines).toEqual(["one"]);
    log.write("o\n");
    expect(lines).toEqual(["one", "two"]);
  });

  test("several lines in one write are several, empty ones too", () => {
    const { log, lines } = opened();
    log.write("a\n\nb\nrest");
    expect(lines).toEqual(["a", "", "b"]);
  });

  test("writelines writes each part, and adds no line end", () => {
    const { log, lines } = opened();
    log.writelines(new Set(["a", "b\n", "c\nd"]));
    expect(lines).toEqual(["ab", "c"]);
  });

  test("flush logs what is left of a line, once", async () => {
    const { log, lines } = opened();
    log.write("a\nrest");
    await log.flush();
    await log.flush();
    expect(lines).toEqual(["a", "rest"]);
    log.write("next\n");
    expect(lines).toEqual(["a", "rest", "next"]);
  });

  test("flush of nothing logs nothing, and resolves", async () => {
    const { log, lines } = opened();
    await expect(log.flush()).resolves.toBeUndefined();
    log.write("a\n");
    await log.flush();
    expect(lines).toEqual(["a"]);
  });

  test("writing nothing logs nothing", () => {
    const { log, lines } = opened();
    log.write("");
    log.writelines([]);
    expect(lines).toEqual([]);
  });
});

describe("what a client can put into a message does not reach the terminal", () => {
  test.each([
    { what: "ESC", text: "\u001b[2J", line: "\\x1b[2J" },
    { what: "NUL", text: "a\0b", line: "a\\x00b" },
    { what: "CR", text: "a\rb", line: "a\\x0db" },
    { what: "DEL", text: "\u007f", line: "\\x7f" },
    { what: "the first C1 control", text: "\u0080", line: "\\x80" },
    { what: "CSI in one character", text: "\u009b31m", line: "\\x9b31m" },
    { what: "the last C1 control", text: "\u009f", line: "\\x9f" },
    { what: "the last C0 control", text: "\u001f", line: "\\x1f" },
  ])("$what is escaped", ({ text, line }) => {
    const { log, lines } = opened();
    log.write(`${text}\n`);
    expect(lines).toEqual([line]);
  });

  test("in a flushed rest too", async () => {
    const { log, lines } = opened();
    log.write("\u001b");
    await log.flush();
    expect(lines).toEqual(["\\x1b"]);
  });

  test.each(["a\tb", " ~", "\u00a0\u00ff", "\u20ac", "\u{1f600}", "\uffff"])(
    "%o is text and stays",
    (text) => {
      const { log, lines } = opened();
      log.write(`${text}\n`);
      expect(lines).toEqual([text]);
    },
  );
});

function opened(): { log: ErrorLog; lines: string[] } {
  const lines: string[] = [];
  return { log: new ErrorLog((line) => lines.push(line)), lines };
}
