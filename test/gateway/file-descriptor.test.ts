import { expect, test } from "vitest";
import { type DescriptorReader, FileWrapper } from "../../src/gateway/file-wrapper.ts";
import { signal } from "../support/wait.ts";

/** A reader whose answers a test gives. */
function heldReader(): DescriptorReader & { asked: string[]; answer: (value: never) => void } {
  let settle: (value: never) => void = () => undefined;
  const held = {
    asked: [] as string[],
    answer: (value: never) => settle(value),
    isFile: (fd: number) => ask(`isFile ${fd}`),
    read: (fd: number, size: number, position: number | null) => ask(`read ${fd} ${size} ${position}`),
  };
  function ask(question: string): Promise<never> {
    held.asked.push(question);
    const { promise, resolve } = signal<never>();
    settle = resolve;
    return promise;
  }
  return held;
}

function openFile(): { file: FileWrapper; closings: () => number } {
  let closings = 0;
  const file = new FileWrapper({
    fd: 7,
    position: 5,
    read: () => Buffer.alloc(0),
    close: () => {
      closings += 1;
    },
  });
  return { file, closings: () => closings };
}

test("blocks are large, and none is read before it is asked for", async () => {
  const reader = heldReader();
  const { file } = openFile();
  const blocks = file.readBy(reader, 300_000);
  expect(reader.asked).toEqual([]);
  const first = blocks.next();
  reader.answer(true as never);
  await new Promise((resolve) => setImmediate(resolve));
  reader.answer(Buffer.alloc(262_144) as never);
  expect((await first).value).toHaveLength(262_144);
  expect(reader.asked).toEqual(["isFile 7", "read 7 262144 5"]);
  const second = blocks.next();
  reader.answer(Buffer.alloc(37_856) as never);
  expect((await second).value).toHaveLength(37_856);
  expect(await blocks.next()).toEqual({ done: true, value: undefined });
  expect(reader.asked.slice(2)).toEqual(["read 7 37856 262149"]);
});

test.each(["isFile 7", "read 7 100 5"])(
  "a descriptor is not closed during %s, nor read afterwards",
  async (until) => {
    const reader = heldReader();
    const { file, closings } = openFile();
    const blocks = file.readBy(reader, 100);
    const first = blocks.next();
    if (until !== "isFile 7") {
      reader.answer(true as never);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(reader.asked.at(-1)).toBe(until);
    const returned = blocks.return?.();
    const closed = file.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(closings()).toBe(0);
    reader.answer((until === "isFile 7" ? true : Buffer.alloc(3)) as never);
    await Promise.all([closed, first, returned]);
    expect(closings()).toBe(1);
    expect(reader.asked.at(-1)).toBe(until);
  },
);
