import { describe, expect, test } from "vitest";
import { ProtocolError } from "../../src/errors.ts";
import { Input, type InputSource } from "../../src/gateway/input.ts";
import { nextTurn } from "./run-gateway.ts";

const KIB = 1024;

describe("the socket is held back when the application does not read", () => {
  test("at 64 KiB that wait, not one byte before", () => {
    const { input, calls } = watched(1000 * KIB);
    input.receive(Buffer.alloc(64 * KIB - 1));
    expect(calls).toEqual([]);
    input.receive(Buffer.alloc(1));
    expect(calls).toEqual(["pause"]);
  });

  test("once, however much arrives all the same", () => {
    const { input, calls } = watched(1000 * KIB);
    input.receive(Buffer.alloc(65 * KIB));
    input.receive(Buffer.alloc(65 * KIB));
    expect(calls).toEqual(["pause"]);
    expect(input.remaining).toBe(1000 * KIB);
  });

  test("not when the body is whole: the socket must stay open to hear that the peer leaves", () => {
    const { input, calls } = watched(65 * KIB);
    input.receive(Buffer.alloc(65 * KIB));
    expect(calls).toEqual([]);
  });

  test("until more is needed than has arrived", async () => {
    const { input, calls } = watched(1000 * KIB);
    input.receive(Buffer.alloc(64 * KIB));
    await input.read(64 * KIB);
    expect(calls).toEqual(["pause"]);
    const more = input.read(1);
    await nextTurn();
    expect(calls).toEqual(["pause", "resume"]);
    input.receive(Buffer.alloc(10));
    expect(await more).toHaveLength(1);
    expect(calls).toEqual(["pause", "resume"]);
  });

  test("and again after each 64 KiB", async () => {
    const { input, calls } = watched(1000 * KIB);
    for (const _round of [1, 2, 3]) {
      input.receive(Buffer.alloc(64 * KIB));
      await input.read(64 * KIB);
      const more = input.read(1);
      await nextTurn();
      input.receive(Buffer.alloc(1));
      await more;
    }
    expect(calls).toEqual(["pause", "resume", "pause", "resume", "pause", "resume"]);
  });

  test.each([
    { method: "readline", read: (input: Input) => input.readline() },
    { method: "readlines", read: (input: Input) => input.readlines() },
    { method: "read", read: (input: Input) => input.read() },
  ])("$method of more than that lets it flow", async ({ read }) => {
    const { input, calls } = watched(200 * KIB);
    input.receive(Buffer.alloc(100 * KIB));
    const whole = read(input);
    expect(calls).toEqual(["pause", "resume"]);
    input.receive(Buffer.alloc(100 * KIB));
    expect((await whole).length).toBeGreaterThan(0);
  });

  test("not while a reader waits for all of it", async () => {
    const { input, calls } = watched(400 * KIB);
    const whole = input.read();
    for (const _block of [1, 2, 3, 4]) {
      input.receive(Buffer.alloc(100 * KIB));
      await nextTurn();
    }
    expect(await whole).toHaveLength(400 * KIB);
    expect(calls).toEqual([]);
  });

  test("but by the block behind the one that a small read waited for", async () => {
    const { input, calls } = watched(1000 * KIB);
    const small = input.read(1);
    input.receive(Buffer.alloc(100 * KIB));
    await small;
    input.receive(Buffer.alloc(100 * KIB));
    expect(calls).toEqual(["pause"]);
  });

  test("a source that delivers while it is told to resume is not waited for", async () => {
    const input: Input = new Input(65 * KIB, {
      pause: () => undefined,
      resume: () => input.receive(Buffer.alloc(1 * KIB)),
    });
    input.receive(Buffer.alloc(64 * KIB));
    expect(await input.read()).toHaveLength(65 * KIB);
  });

  test("nor is one of a body of unknown length", async () => {
    const input: Input = new Input(Number.POSITIVE_INFINITY, {
      pause: () => undefined,
      resume: () => input.receive(Buffer.from("more")),
    });
    input.receive(Buffer.alloc(64 * KIB));
    await input.read(64 * KIB);
    expect(String(await input.read(4))).toBe("more");
  });

  test("nor is one that finishes while it is told to resume", async () => {
    const input: Input = new Input(Number.POSITIVE_INFINITY, {
      pause: () => undefined,
      resume: () => input.finish(),
    });
    input.receive(Buffer.alloc(64 * KIB));
    expect(await input.read()).toHaveLength(64 * KIB);
  });

  test("nor is one that fails while it is told to resume", async () => {
    const input: Input = new Input(65 * KIB, { pause: () => undefined, resume: () => input.fail(gone()) });
    input.receive(Buffer.alloc(64 * KIB));
    await expect(input.read()).rejects.toMatchObject({ code: "UWB_ERR_CLIENT_GONE" });
  });
});

describe("the declared length", () => {
  test("bytes behind it are dropped", async () => {
    const input = new Input(3, idle);
    input.receive(Buffer.from("ab"));
    input.receive(Buffer.from("cEXTRA"));
    input.receive(Buffer.from("MORE"));
    expect(input.missing).toBe(0);
    expect(input.remaining).toBe(3);
    expect(String(await input.read())).toBe("abc");
    expect(await input.read(1)).toHaveLength(0);
  });

  test("of 0 means that nothing is waited for", async () => {
    const input = new Input(0, idle);
    input.receive(Buffer.from("EXTRA"));
    expect(await input.read()).toHaveLength(0);
    expect(await input.read(1)).toHaveLength(0);
    expect(await input.readline()).toHaveLength(0);
    expect(await input.readlines()).toEqual([]);
    expect(await input.chunks().next()).toEqual({ done: true, value: undefined });
    expect(input.remaining).toBe(0);
  });

  test("remaining counts down as the application reads, missing as the peer delivers", async () => {
    const input = new Input(10, idle);
    expect([input.remaining, input.missing]).toEqual([10, 10]);
    input.receive(Buffer.from("abcd"));
    expect([input.remaining, input.missing]).toEqual([10, 6]);
    await input.read(1);
    expect([input.remaining, input.missing]).toEqual([9, 6]);
    await input.chunks().next();
    expect([input.remaining, input.missing]).toEqual([6, 6]);
    input.receive(Buffer.from("e\nfghi"));
    await input.readline();
    expect([input.remaining, input.missing]).toEqual([4, 0]);
    await input.read();
    expect([input.remaining, input.missing]).toEqual([0, 0]);
  });
});

describe("a body of unknown length", () => {
  test("remains infinite until it is finished", async () => {
    const input = new Input(Number.POSITIVE_INFINITY, idle);
    input.receive(Buffer.from("abc"));
    expect([input.remaining, input.missing]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    input.finish();
    expect([input.remaining, input.missing]).toEqual([3, 0]);
    expect(String(await input.read())).toBe("abc");
  });

  test("finish() ends the reads that wait", async () => {
    const input = new Input(Number.POSITIVE_INFINITY, idle);
    const reads = Promise.all([input.read(10), input.readline(), input.read(), input.readlines()]);
    input.receive(Buffer.from("abc"));
    await nextTurn();
    input.finish();
    expect((await reads).map(String)).toEqual(["abc", "", "", ""]);
  });

  test("finish() ends chunks() that wait", async () => {
    const input = new Input(Number.POSITIVE_INFINITY, idle);
    const next = input.chunks().next();
    await nextTurn();
    input.finish();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test("what comes behind its end is dropped, a failure too", async () => {
    const input = new Input(Number.POSITIVE_INFINITY, idle);
    input.finish();
    input.receive(Buffer.from("EXTRA"));
    input.fail(gone());
    expect(await input.read()).toHaveLength(0);
  });

  test("is held back like any other", () => {
    const { input, calls } = watched(Number.POSITIVE_INFINITY);
    input.receive(Buffer.alloc(64 * KIB));
    expect(calls).toEqual(["pause"]);
  });
});

describe("a body that breaks off is never taken for a whole one", () => {
  test("what arrived can be read, what would need more rejects", async () => {
    const input = new Input(10, idle);
    input.receive(Buffer.from("ab\ncd"));
    input.fail(gone());
    expect(String(await input.readline())).toBe("ab\n");
    await expect(input.readline()).rejects.toMatchObject({ code: "UWB_ERR_CLIENT_GONE" });
    await expect(input.read()).rejects.toMatchObject({ code: "UWB_ERR_CLIENT_GONE" });
    await expect(input.read(3)).rejects.toMatchObject({ code: "UWB_ERR_CLIENT_GONE" });
    await expect(input.readlines()).rejects.toMatchObject({ code: "UWB_ERR_CLIENT_GONE" });
    expect(String(await input.read(2))).toBe("cd");
    await expect(input.read(1)).rejects.toMatchObject({ code: "UWB_ERR_CLIENT_GONE" });
  });

  test("chunks() and lines give what arrived, then throw", async () => {
    for (const way of ["chunks", "lines"]) {
      const input = new Input(10, idle);
      input.receive(Buffer.from("ab\n"));
      input.receive(Buffer.from("c\n"));
      input.fail(gone());
      const seen: string[] = [];
      const reading = (async () => {
        for await (const block of way === "chunks" ? input.chunks() : input) seen.push(String(block));
      })();
      await expect(reading).rejects.toMatchObject({ code: "UWB_ERR_CLIENT_GONE" });
      expect(seen).toEqual(["ab\n", "c\n"]);
    }
  });

  test("a read that waits rejects at once", async () => {
    const input = new Input(10, idle);
    const read = input.read(5);
    await nextTurn();
    input.fail(gone());
    await expect(read).rejects.toMatchObject({ code: "UWB_ERR_CLIENT_GONE" });
  });

  test("the first failure counts", async () => {
    const input = new Input(10, idle);
    input.fail(new ProtocolError("UWB_ERR_BODY_TIMEOUT", "silent", { offset: 0, statusHint: 408 }));
    input.fail(gone());
    await expect(input.read()).rejects.toMatchObject({ code: "UWB_ERR_BODY_TIMEOUT" });
  });

  test("a failure behind the last byte is none", async () => {
    const input = new Input(3, idle);
    input.receive(Buffer.from("abc"));
    input.fail(gone());
    expect(String(await input.read())).toBe("abc");
    expect(await input.read()).toHaveLength(0);
  });
});

const idle: InputSource = { pause: () => undefined, resume: () => undefined };

function watched(length: number): { input: Input; calls: string[] } {
  const calls: string[] = [];
  const input = new Input(length, { pause: () => calls.push("pause"), resume: () => calls.push("resume") });
  return { input, calls };
}

function gone(): ProtocolError {
  return new ProtocolError("UWB_ERR_CLIENT_GONE", "gone", { offset: 0 });
}
