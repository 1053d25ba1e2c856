import { describe, expect, test } from "vitest";
import { BlockQueue } from "../../../src/adapters/node/block-queue.ts";

describe("a writer and a reader", () => {
  test("a block is taken when the reader asks for the next", async () => {
    const { queue, put, taken } = setUp();
    const reader = queue[Symbol.asyncIterator]();
    put("a");
    expect(await reader.next()).toEqual({ done: false, value: Buffer.from("a") });
    expect(taken).toEqual([]);
    const next = reader.next();
    await Promise.resolve();
    expect(taken).toEqual(["a"]);
    put("b");
    expect(await next).toEqual({ done: false, value: Buffer.from("b") });
  });

  test("a reader that came first is woken", async () => {
    const { queue, put } = setUp();
    const next = queue[Symbol.asyncIterator]().next();
    put("a");
    expect(await next).toEqual({ done: false, value: Buffer.from("a") });
  });

  test("the end comes after the last block", async () => {
    const { queue, put, taken } = setUp();
    put("a");
    queue.end();
    expect(await readAll(queue)).toBe("a");
    expect(taken).toEqual(["a"]);
  });

  test("an end wakes a reader", async () => {
    const { queue } = setUp();
    const next = queue[Symbol.asyncIterator]().next();
    queue.end();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test("a failure comes after the last block, and wakes a reader", async () => {
    const { queue, put } = setUp();
    const reader = queue[Symbol.asyncIterator]();
    put("a");
    queue.fail(new Error("broken"));
    expect(await reader.next()).toEqual({ done: false, value: Buffer.from("a") });
    await expect(reader.next()).rejects.toThrow("broken");
  });

  test("what came first stands: an end is no failure, a failure no end", async () => {
    const ended = setUp().queue;
    ended.end();
    ended.fail(new Error("late"));
    expect(await readAll(ended)).toBe("");
    const failed = setUp().queue;
    failed.fail(new Error("broken"));
    failed.end();
    await expect(readAll(failed)).rejects.toThrow("broken");
  });
});

describe("a reader that has enough", () => {
  test("the writer whose block it has goes on", async () => {
    const { queue, put, taken } = setUp();
    put("a");
    for await (const block of queue) {
      expect(block).toEqual(Buffer.from("a"));
      break;
    }
    expect(taken).toEqual(["a"]);
  });

  test("so do those who come later", async () => {
    const { queue, put, taken } = setUp();
    const reader = queue[Symbol.asyncIterator]();
    put("a");
    await reader.next();
    await reader.return?.();
    put("b");
    expect(taken).toEqual(["a", "b"]);
  });
});

function setUp() {
  const queue = new BlockQueue();
  const taken: string[] = [];
  return { queue, taken, put: (text: string) => queue.put(Buffer.from(text), () => taken.push(text)) };
}

async function readAll(queue: BlockQueue): Promise<string> {
  let text = "";
  for await (const block of queue) text += Buffer.from(block).toString();
  return text;
}
