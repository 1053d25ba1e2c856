import { expect, test } from "vitest";
import { answerFor } from "../../../src/front/files/file-answer.ts";
import { describeFile } from "../../../src/front/static/describe-file.ts";
import { mediaType } from "../../../src/front/static/media-types.ts";

const NOW = Date.UTC(2024, 5, 1);
const traits = { contentType: "text/plain", cacheControl: undefined, varies: false };
const etagOf = (size: number, mtimeMs: number, coding?: "br" | "gzip"): string =>
  describeFile({ size, mtimeMs }, coding, { traits, nowMs: NOW }).etag;

test("the entity tag differs by size, by the microsecond and by coding, and is a strong one", () => {
  const tags = [
    etagOf(5, 1000),
    etagOf(6, 1000),
    etagOf(5, 1000.001),
    etagOf(5, 1001),
    etagOf(5, -1000),
    etagOf(5, 1000, "br"),
    etagOf(5, 1000, "gzip"),
  ];
  expect(new Set(tags).size).toBe(tags.length);
  for (const tag of tags) expect(tag).toMatch(/^"[\w-]+"$/);
  expect(etagOf(5, 1000)).toBe(tags[0]);
});

test("a file is dated to the second, and never in the future", () => {
  const dateOf = (mtimeMs: number) => {
    const { lastModifiedMs, headers } = describeFile({ size: 5, mtimeMs }, undefined, { traits, nowMs: NOW });
    return [lastModifiedMs, new Map(headers).get("Last-Modified")];
  };
  expect(dateOf(1999.5)).toEqual([1000, "Thu, 01 Jan 1970 00:00:01 GMT"]);
  expect(dateOf(NOW + 5000)).toEqual([NOW, "Sat, 01 Jun 2024 00:00:00 GMT"]);
  expect(etagOf(5, NOW + 5000)).not.toBe(etagOf(5, NOW));
});

test("the fields of a file with all its traits", () => {
  const file = describeFile({ size: 5, mtimeMs: 1000 }, "br", {
    traits: { contentType: "text/css", cacheControl: "max-age=1", varies: true },
    nowMs: NOW,
  });
  expect(file.headers).toEqual([
    ["Content-Type", "text/css"],
    ["Content-Length", "5"],
    ["Last-Modified", "Thu, 01 Jan 1970 00:00:01 GMT"],
    ["ETag", file.etag],
    ["Cache-Control", "max-age=1"],
    ["Vary", "Accept-Encoding"],
    ["Accept-Ranges", "bytes"],
    ["X-Content-Type-Options", "nosniff"],
    ["Content-Encoding", "br"],
  ]);
});

test("an answer of several parts has the length that it says", () => {
  const file = describeFile({ size: 9, mtimeMs: 1000 }, undefined, { traits, nowMs: NOW });
  const { status, headers, parts } = answerFor(file, {
    method: "GET",
    conditions: { range: "bytes=0-1,5-" },
    nowMs: NOW,
    boundary: () => "B",
  });
  const head = (range: string): string =>
    `\r\n--B\r\nContent-Type: text/plain\r\nContent-Range: bytes ${range}/9\r\n\r\n`;
  expect(parts).toEqual([
    head("0-1"),
    { offset: 0, length: 2 },
    head("5-8"),
    { offset: 5, length: 4 },
    "\r\n--B--\r\n",
  ]);
  const fields = new Map(headers);
  expect(status).toBe(206);
  expect(fields.get("Content-Type")).toBe("multipart/byteranges; boundary=B");
  expect(fields.get("Content-Length")).toBe(
    String(2 + 4 + `${head("0-1") + head("5-8")}\r\n--B--\r\n`.length),
  );
  expect(fields.has("Content-Range")).toBe(false);
});

test.each([
  ["a.html", "text/html; charset=utf-8"],
  ["a.HTML", "text/html; charset=utf-8"],
  ["app.0123.mjs", "text/javascript; charset=utf-8"],
  ["a.css", "text/css; charset=utf-8"],
  ["a.json", "application/json"],
  ["a.js.map", "application/json"],
  ["a.svg", "image/svg+xml"],
  ["a.woff2", "font/woff2"],
  ["a.wasm", "application/wasm"],
  ["a.tar.gz", "application/gzip"],
  ["a", "application/octet-stream"],
  [".html", "application/octet-stream"],
  ["a.", "application/octet-stream"],
  ["a.unknown", "application/octet-stream"],
  ["a.constructor", "application/octet-stream"],
  ["a.__proto__", "application/octet-stream"],
])("%s is %s", (name, type) => {
  expect(mediaType(name)).toBe(type);
});

test("types of one's own go before ours", () => {
  expect(mediaType("a.usdz", { usdz: "model/vnd.usdz+zip" })).toBe("model/vnd.usdz+zip");
  expect(mediaType("a.JS", { js: "application/javascript" })).toBe("application/javascript");
});
