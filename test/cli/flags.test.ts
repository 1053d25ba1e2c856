import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import {
  collect,
  collectDirectory,
  collectDirectoryOf,
  collectList,
  collectPair,
  parseCount,
  parseDuration,
  parseMode,
  parseProtocols,
  parseSize,
  parseSwitch,
} from "../../src/cli/flags.ts";

type Parser = (text: string) => unknown;

const accepted: readonly { readonly parse: Parser; readonly text: string; readonly value: unknown }[] = [
  { parse: parseDuration, text: "30", value: 30_000 },
  { parse: parseDuration, text: "0", value: 0 },
  { parse: parseDuration, text: "1.5", value: 1500 },
  { parse: parseDuration, text: "500ms", value: 500 },
  { parse: parseDuration, text: "30s", value: 30_000 },
  { parse: parseDuration, text: "2m", value: 120_000 },
  { parse: parseDuration, text: "1h", value: 3_600_000 },
  { parse: parseSize, text: "4096", value: 4096 },
  { parse: parseSize, text: "4096b", value: 4096 },
  { parse: parseSize, text: "64k", value: 65_536 },
  { parse: parseSize, text: "64K", value: 65_536 },
  { parse: parseSize, text: "64kb", value: 65_536 },
  { parse: parseSize, text: "1m", value: 1_048_576 },
  { parse: parseSize, text: "1g", value: 1_073_741_824 },
  { parse: parseCount, text: "0", value: 0 },
  { parse: parseCount, text: "128", value: 128 },
  { parse: parseCount, text: "999999999999999", value: 999_999_999_999_999 },
  { parse: parseSwitch, text: "on", value: true },
  { parse: parseSwitch, text: "off", value: false },
  { parse: parseMode, text: "660", value: 0o660 },
  { parse: parseMode, text: "0666", value: 0o666 },
  { parse: (text) => collectPair(text), text: "A=b", value: { A: "b" } },
  { parse: (text) => collectPair(text), text: "A=", value: { A: "" } },
  { parse: (text) => collectPair(text), text: "A=b=c", value: { A: "b=c" } },
  { parse: (text) => collectList(text), text: "a, b", value: ["a", "b"] },
  { parse: parseProtocols, text: "off", value: false },
  { parse: parseProtocols, text: "any", value: true },
  { parse: parseProtocols, text: "WebSocket, my.proto/1", value: ["websocket", "my.proto/1"] },
  { parse: (text) => collectDirectory(text), text: "/srv/files", value: ["/srv/files"] },
  { parse: (text) => collectDirectory(text), text: "files", value: [resolve("files")] },
  { parse: (text) => collectDirectoryOf(text), text: "/p=/srv/a=b", value: { "/p": "/srv/a=b" } },
  { parse: (text) => collectDirectoryOf(text), text: "/p/=files", value: { "/p/": resolve("files") } },
];

test.each(accepted)("$parse.name: $text", ({ parse, text, value }) => {
  expect(parse(text)).toEqual(value);
});

const refused: readonly { readonly parse: Parser; readonly texts: readonly string[] }[] = [
  { parse: parseDuration, texts: ["", "soon", "-1", "1 s", "1d", "1.", ".5", "1e3", "0x10"] },
  { parse: parseSize, texts: ["", "big", "-1", "1.5k", "1t", "1kk", "k"] },
  { parse: parseCount, texts: ["", "many", "-1", "1.5", "1e3", "1000000000000000"] },
  { parse: parseSwitch, texts: ["", "yes", "true", "1"] },
  { parse: parseMode, texts: ["", "66", "888", "06666", "rw"] },
  { parse: (text) => collectPair(text), texts: ["", "A", "=b"] },
  { parse: parseProtocols, texts: ["", "a b", "websocket,", "http://a"] },
  { parse: (text) => collectDirectory(text), texts: [""] },
  { parse: (text) => collectDirectoryOf(text), texts: ["", "/p", "/p=", "p=/srv", "=/srv"] },
];

describe.each(refused)("$parse.name refuses", ({ parse, texts }) => {
  test.each(texts)("%j", (text) => {
    expect(() => parse(text)).toThrow(/^Expected /);
  });
});

describe("flags that may be repeated", () => {
  test("pairs: the last one of a name counts", () => {
    expect(collectPair("A=2", { A: "1", B: "1" })).toEqual({ A: "2", B: "1" });
  });

  test("texts keep their order", () => {
    expect(collect("c", ["a", "b"])).toEqual(["a", "b", "c"]);
  });

  test("lists are one list", () => {
    expect(collectList("c,d", ["a", "b"])).toEqual(["a", "b", "c", "d"]);
  });
});
