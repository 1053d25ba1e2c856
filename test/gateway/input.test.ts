import { describe, expect, test } from "vitest";
import { ProtocolError } from "../../src/errors.ts";
import { Input } from "../../src/gateway/input.ts";
import { nextTurn } from "./run-gateway.ts";

describe("read", () => {
  test("gives what is asked, fewer bytes only at the end", async () => {
    const input = filled("abcdefgh");
    expect(await texts(input.read(3), input.read(3), input.read(3), input.read(3))).toEqual([
      "abc",
      "def",
      "gh",
      "",
    ]);
  });

  test("of 0 bytes gives none at once, and does not mean the end", async () => {
    const input = new Input(3, idle);
    expect(await texts(input.read(0))).toEqual([""]);
    input.receive(Buffer.from("abc"));
    expect(await texts(input.read(0), input.read(3))).toEqual(["", "abc"]);
  });

  test.each([undefined, -1, -100, Number.POSITIVE_INFINITY])(
    "of size %s gives all that is left",
    async (size) => {
      expect(await texts(filled("abc").read(size))).toEqual(["abc"]);
    },
  );

  test("of NaN, which Number(environ.CONTENT_LENGTH) may be, gives all that is left", async () => {
    const input = filled("abc");
    expect(await texts(input.read(Number.NaN))).toEqual(["abc"]);
    expect(input.remaining).toBe(0);
  });

  test("of a fraction counts whole bytes, and loses none", async () => {
    const input = filled("abcdef");
    expect(await texts(input.read(2.5), input.read(0.5), input.readline(1.9), input.read())).toEqual([
      "ab",
      "",
      "c",
      "def",
    ]);
    expect(input.remaining).toBe(0);
  });

  test("of null, as a port from Python may have it, gives all that is left", async () => {
    const none = null as unknown as undefined;
    expect(await texts(filled("abc").read(none))).toEqual(["abc"]);
    expect(await texts(filled("abc\nd").readline(none))).toEqual(["abc\n"]);
  });

  test("joins blocks as they are needed, and cuts them where asked", async () => {
    const input = filled("ab", "cd", "ef");
    expect(await texts(input.read(3), input.read(1), input.read(2))).toEqual(["abc", "d", "ef"]);
  });

  test("waits for the bytes it needs and for no more", async () => {
    const input = new Input(10, idle);
    const read = input.read(4);
    const isSettled = watch(read);
    input.receive(Buffer.from("abc"));
    await nextTurn();
    expect(isSettled()).toBe(false);
    input.receive(Buffer.from("de"));
    expect(await texts(read)).toEqual(["abcd"]);
    expect(input.remaining).toBe(6);
  });

  test("of everything waits for the last byte of the declared length", async () => {
    const input = new Input(6, idle);
    const read = input.read();
    for (const block of ["ab", "cd", "ef"]) {
      await nextTurn();
      input.receive(Buffer.from(block));
    }
    expect(await texts(read)).toEqual(["abcdef"]);
  });

  test("gives a view of the block that arrived, no copy", async () => {
    const block = Buffer.from("abc");
    const input = new Input(3, idle);
    input.receive(block);
    expect(await input.read()).toBe(block);
  });
});

describe("readline", () => {
  test("gives lines with their line feed, the last one perhaps without, then nothing", async () => {
    const input = filled("a\n\nbc\r\nd");
    const lines = [input.readline(), input.readline(), input.readline(), input.readline(), input.readline()];
    expect(await texts(...lines)).toEqual(["a\n", "\n", "bc\r\n", "d", ""]);
  });

  test.each([
    { size: 0, lines: ["", ""] },
    { size: 1, lines: ["a", "b"] },
    { size: 2, lines: ["ab", "c\n"] },
    { size: 3, lines: ["abc", "\n"] },
    { size: 4, lines: ["abc\n", "de"] },
    { size: 100, lines: ["abc\n", "de"] },
    { size: -1, lines: ["abc\n", "de"] },
    { size: Number.NaN, lines: ["abc\n", "de"] },
  ])("with size $size gives $lines", async ({ size, lines }) => {
    const input = filled("abc\nde");
    expect(await texts(input.readline(size), input.readline(size))).toEqual(lines);
  });

  test("finds a line that lies across blocks, and one that begins in the middle of one", async () => {
    const input = filled("ab", "c", "d\nef", "\n", "\ng");
    const lines = [input.readline(), input.readline(), input.readline(), input.readline()];
    expect(await texts(...lines)).toEqual(["abcd\n", "ef\n", "\n", "g"]);
  });

  test("does not wait for the line feed once it has enough bytes", async () => {
    const input = new Input(100, idle);
    const line = input.readline(4);
    input.receive(Buffer.from("ab"));
    input.receive(Buffer.from("cdef"));
    expect(await texts(line)).toEqual(["abcd"]);
  });

  test("does not wait when exactly that many bytes are there", async () => {
    const input = new Input(100, idle);
    input.receive(Buffer.from("abcd"));
    const line = input.readline(4);
    const isSettled = watch(line);
    await nextTurn();
    expect(isSettled()).toBe(true);
    expect(await texts(line)).toEqual(["abcd"]);
  });

  test("waits for the line feed, and for nothing behind it", async () => {
    const input = new Input(100, idle);
    const line = input.readline();
    const isSettled = watch(line);
    for (const block of ["ab", "cd"]) {
      input.receive(Buffer.from(block));
      await nextTurn();
    }
    expect(isSettled()).toBe(false);
    input.receive(Buffer.from("e\nfg"));
    expect(await texts(line)).toEqual(["abcde\n"]);
  });
});

describe("readlines", () => {
  const text = "ab\ncd\nef\ngh";

  test.each([
    { hint: undefined, lines: ["ab\n", "cd\n", "ef\n", "gh"] },
    { hint: 0, lines: ["ab\n", "cd\n", "ef\n", "gh"] },
    { hint: -1, lines: ["ab\n", "cd\n", "ef\n", "gh"] },
    { hint: Number.NaN, lines: ["ab\n", "cd\n", "ef\n", "gh"] },
    { hint: 1, lines: ["ab\n"] },
    { hint: 3, lines: ["ab\n"] },
    { hint: 4, lines: ["ab\n", "cd\n"] },
    { hint: 11, lines: ["ab\n", "cd\n", "ef\n", "gh"] },
    { hint: 100, lines: ["ab\n", "cd\n", "ef\n", "gh"] },
  ])("with hint $hint gives $lines", async ({ hint, lines }) => {
    expect((await filled(text).readlines(hint)).map(String)).toEqual(lines);
  });

  test("leaves the lines behind the hint to the next call", async () => {
    const input = filled(text);
    await input.readlines(4);
    expect((await input.readlines()).map(String)).toEqual(["ef\n", "gh"]);
  });
});

describe("iteration", () => {
  test("for await gives lines", async () => {
    const lines: string[] = [];
    for await (const line of filled("x\ny", "y\n", "z")) lines.push(String(line));
    expect(lines).toEqual(["x\n", "yy\n", "z"]);
  });

  test("chunks() gives the blocks as they came, then those that arrive", async () => {
    const input = new Input(6, idle);
    input.receive(Buffer.from("ab"));
    input.receive(Buffer.from("c"));
    const blocks: string[] = [];
    for await (const block of input.chunks()) {
      blocks.push(String(block));
      if (blocks.length === 2) setImmediate(() => input.receive(Buffer.from("def")));
    }
    expect(blocks).toEqual(["ab", "c", "def"]);
    expect(input.remaining).toBe(0);
  });

  test("can be left and taken up again, by another way too", async () => {
    const input = filled("a\nb\n", "c\n", "d\n");
    for await (const line of input) {
      expect(String(line)).toBe("a\n");
      break;
    }
    for await (const block of input.chunks()) {
      expect(String(block)).toBe("b\n");
      break;
    }
    expect(await texts(input.read())).toEqual(["c\nd\n"]);
  });
});

describe("the ways to read share one position and one queue", () => {
  test("calls that are not awaited settle in their order, each with its own bytes", async () => {
    const input = new Input(22, idle);
    const order: string[] = [];
    const note = (name: string, promise: Promise<unknown>) => promise.then(() => order.push(name));
    const calls = [
      input.readline(),
      input.read(3),
      input.readlines(1),
      input.chunks().next(),
      input.read(),
    ] as const;
    const notes = calls.map((call, index) => note(String(index), call));
    for (const block of ["line1\nab", "cde", "f\n", "gh", "ij", "klmno"]) {
      input.receive(Buffer.from(block));
      await nextTurn();
    }
    const [line, three, lines, block, rest] = await Promise.all(calls);
    expect([String(line), String(three), lines.map(String), String(block.value), String(rest)]).toEqual([
      "line1\n",
      "abc",
      ["def\n"],
      "gh",
      "ijklmno",
    ]);
    await Promise.all(notes);
    expect(order).toEqual(["0", "1", "2", "3", "4"]);
  });

  test("a call that comes while another one waits is behind it, though others before have settled", async () => {
    const input = new Input(13, idle);
    const [first, second] = [input.read(1), input.read(10)];
    input.receive(Buffer.from("a"));
    expect(await texts(first)).toEqual(["a"]);
    await nextTurn();
    const third = input.read(2);
    input.receive(Buffer.from("bcdefghijklm"));
    expect(await texts(second, third)).toEqual(["bcdefghijk", "lm"]);
  });

  test("a call that fails does not stop the ones behind it", async () => {
    const input = new Input(10, idle);
    input.receive(Buffer.from("abc"));
    const failing = input.read(5);
    const behind = input.read(3);
    input.fail(gone);
    await expect(failing).rejects.toBe(gone);
    expect(await texts(behind)).toEqual(["abc"]);
  });

  test("a failed call that nobody awaits is no unhandled rejection", async () => {
    const rejections: unknown[] = [];
    const listener = (reason: unknown) => rejections.push(reason);
    process.on("unhandledRejection", listener);
    const input = new Input(10, idle);
    void input.read();
    input.fail(gone);
    await nextTurn();
    await nextTurn();
    process.off("unhandledRejection", listener);
    expect(rejections).toEqual([]);
  });
});

const gone = new ProtocolError("UWB_ERR_CLIENT_GONE", "gone", { offset: 0 });
const idle = { pause: () => undefined, resume: () => undefined };

/** A body that has arrived in these blocks. */
function filled(...blocks: string[]): Input {
  const input = new Input(blocks.join("").length, idle);
  for (const block of blocks) input.receive(Buffer.from(block, "latin1"));
  return input;
}

async function texts(...reads: Promise<Buffer>[]): Promise<string[]> {
  return (await Promise.all(reads)).map(String);
}

function watch(promise: Promise<unknown>): () => boolean {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  promise.then(settle, settle);
  return () => isSettled;
}
