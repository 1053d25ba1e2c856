import { expect, test } from "vitest";
import { CloseMarkWatch } from "../../src/client/close-mark.ts";

const mark = Buffer.from([0xc8, 0, 0, 0]);

function feed(chunks: readonly Buffer[]): { text: string; isMark: boolean } {
  const watch = new CloseMarkWatch();
  let text = "";
  for (const chunk of chunks) {
    const answer = watch.receive(chunk);
    if (answer === "mark") return { text, isMark: true };
    text += answer.toString("latin1");
  }
  return { text, isMark: false };
}

test.each([
  ["whole", [mark]],
  ["byte by byte", [...mark].map((byte) => Buffer.from([byte]))],
  ["with something behind it", [Buffer.concat([mark, Buffer.from("x")])]],
])("a mark is found: %s", (_name, chunks) => {
  expect(feed(chunks)).toEqual({ text: "", isMark: true });
});

test.each([
  ["a response", ["HTTP/1.1 200 OK"]],
  ["its first byte, then other bytes", ["\xc8", "HTTP"]],
  ["nearly a mark", ["\xc8\0", "\0", "\x01"]],
  ["a mark behind a byte of answer", ["H", "\xc8\0\0\0"]],
  ["a mark behind bytes that were none", ["\xc8H", "\xc8\0\0\0"]],
])("what is no mark is handed over as it came: %s", (_name, texts) => {
  const chunks = texts.map((text) => Buffer.from(text, "latin1"));
  expect(feed(chunks)).toEqual({ text: texts.join(""), isMark: false });
});
