import { describe, expect, test } from "vitest";
import type { ResponseHead } from "../../../src/codec/response-head.ts";
import { readConditions } from "../../../src/front/files/conditions.ts";
import { offloadAnswer } from "../../../src/front/offload/offload-answer.ts";

const MTIME = "Sun, 06 Nov 1994 08:49:37 GMT";
const file = { size: 1000, mtimeMs: Date.parse(MTIME) + 123.4 };
const ETAG = `"${((Date.parse(MTIME) + 123.4) * 1000).toString(36)}-rs"`;
const app: ResponseHead = {
  status: 200,
  reason: "OK",
  headers: [
    ["Content-Type", "application/pdf"],
    ["Content-Disposition", 'attachment; filename="a.pdf"'],
    ["Set-Cookie", "a=1"],
    ["Set-Cookie", "b=2"],
    ["Cache-Control", "private"],
    ["Content-Length", "5"],
    ["ETag", '"other"'],
    ["Content-Encoding", "gzip"],
    ["X-Sendfile", "/srv/a.pdf"],
  ],
};

function answer(
  vars: Readonly<Record<string, string>>,
  { method = "GET", head = app, size = file.size } = {},
) {
  const request = {
    method,
    conditions: readConditions(Object.entries(vars)),
    nowMs: file.mtimeMs + 60_000,
    boundary: () => "B",
  };
  const got = offloadAnswer(head, request, { ...file, size });
  const [first] = got.parts;
  const length = got.parts.reduce((bytes, part) => bytes + part.length, 0);
  return { ...got, start: typeof first === "object" ? first.offset : 0, length };
}

test("the fields of the application stay, but for those about its own body", () => {
  const { head, framing, start, length } = answer({});
  expect(head).toEqual({
    status: 200,
    reason: "OK",
    headers: [
      ["Content-Type", "application/pdf"],
      ["Content-Disposition", 'attachment; filename="a.pdf"'],
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
      ["Cache-Control", "private"],
      // Taken off on the way to the client, as in every response.
      ["X-Sendfile", "/srv/a.pdf"],
      ["Last-Modified", MTIME],
      ["ETag", ETAG],
      ["Accept-Ranges", "bytes"],
    ],
  });
  expect({ framing, start, length }).toEqual({
    framing: { type: "length", length: 1000 },
    start: 0,
    length: 1000,
  });
});

test("a type is filled in when there is none", () => {
  const { head } = answer({}, { head: { ...app, headers: [] } });
  expect(head.headers).toContainEqual(["Content-Type", "application/octet-stream"]);
});

test("HEAD tells the length, and has no body", () => {
  expect(answer({ HTTP_RANGE: "bytes=0-1" }, { method: "HEAD" })).toMatchObject({
    head: { status: 200 },
    framing: { type: "none", length: 1000 },
    length: 0,
  });
});

describe("one range", () => {
  test.each([
    { range: "bytes=0-0", start: 0, length: 1 },
    { range: "bytes=0-999", start: 0, length: 1000 },
    { range: "bytes=10-", start: 10, length: 990 },
    { range: "bytes=990-2000", start: 990, length: 10 },
    { range: "bytes=-10", start: 990, length: 10 },
    { range: "bytes=-5000", start: 0, length: 1000 },
    { range: "bytes=999-", start: 999, length: 1 },
  ])("$range", ({ range, start, length }) => {
    const got = answer({ HTTP_RANGE: range });
    expect(got).toMatchObject({ head: { status: 206, reason: "Partial Content" }, start, length });
    expect(got.framing).toEqual({ type: "length", length });
    expect(got.head.headers).toContainEqual(["Content-Range", `bytes ${start}-${start + length - 1}/1000`]);
  });

  test.each(["bytes=1000-", "bytes=1000-1001", "bytes=-0"])("%s can not be had", (range) => {
    const got = answer({ HTTP_RANGE: range });
    expect(got).toMatchObject({ head: { status: 416 }, framing: { type: "length", length: 0 }, length: 0 });
    expect(got.head.headers).toContainEqual(["Content-Range", "bytes */1000"]);
    expect(got.head.headers.map(([name]) => name)).not.toContain("Content-Type");
  });

  test.each(["bytes=2-1", "bytes=-", "bytes=a-b", "lines=0-1", "0-1"])("%s means the whole", (range) => {
    expect(answer({ HTTP_RANGE: range })).toMatchObject({ head: { status: 200 }, length: 1000 });
  });

  test("of an empty file means the whole, which is nothing", () => {
    expect(answer({ HTTP_RANGE: "bytes=0-" }, { size: 0 })).toMatchObject({
      head: { status: 200 },
      framing: { type: "length", length: 0 },
    });
  });

  test.each([
    { ifRange: ETAG, status: 206 },
    { ifRange: MTIME, status: 206 },
    { ifRange: '"other"', status: 200 },
    { ifRange: `W/${ETAG}`, status: 200 },
    { ifRange: "Mon, 07 Nov 1994 08:49:37 GMT", status: 200 },
  ])("only of the same file: If-Range $ifRange", ({ ifRange, status }) => {
    expect(answer({ HTTP_RANGE: "bytes=0-1", HTTP_IF_RANGE: ifRange }).head.status).toBe(status);
  });

  test("is for GET", () => {
    expect(answer({ HTTP_RANGE: "bytes=0-1" }, { method: "POST" })).toMatchObject({
      head: { status: 200 },
      length: 1000,
    });
  });
});

test("several ranges are sent as parts of the type that the application said", () => {
  const { head, framing, parts } = answer({ HTTP_RANGE: "bytes=0-1, -3" });
  const between = (range: string): string =>
    `\r\n--B\r\nContent-Type: application/pdf\r\nContent-Range: bytes ${range}/1000\r\n\r\n`;
  expect(parts).toEqual([
    between("0-1"),
    { offset: 0, length: 2 },
    between("997-999"),
    { offset: 997, length: 3 },
    "\r\n--B--\r\n",
  ]);
  expect(framing).toEqual({
    type: "length",
    length: `${between("0-1")}ab${between("997-999")}xyz\r\n--B--\r\n`.length,
  });
  expect(head.headers.filter(([name]) => name === "Content-Type")).toEqual([
    ["Content-Type", "multipart/byteranges; boundary=B"],
  ]);
  expect(head.headers).toEqual(
    expect.arrayContaining([
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
      ["Content-Disposition", 'attachment; filename="a.pdf"'],
      ["ETag", ETAG],
    ]),
  );
});

test.each([{ HTTP_IF_MATCH: '"x"' }, { HTTP_RANGE: "bytes=1000-" }])(
  "a refusal keeps the cookies: %o",
  (vars) => {
    const { head, parts } = answer(vars);
    expect(head.headers).toContainEqual(["Set-Cookie", "a=1"]);
    expect(head.headers.map(([name]) => name)).not.toContain("Content-Disposition");
    expect(parts).toEqual([]);
  },
);

const EARLIER = "Sun, 06 Nov 1994 08:49:36 GMT";
const LATER = "Sun, 06 Nov 1994 08:49:38 GMT";

describe("conditions", () => {
  test.each([
    { vars: { HTTP_IF_NONE_MATCH: ETAG }, status: 304 },
    { vars: { HTTP_IF_NONE_MATCH: `"x", W/${ETAG}` }, status: 304 },
    { vars: { HTTP_IF_NONE_MATCH: "*" }, status: 304 },
    { vars: { HTTP_IF_NONE_MATCH: '"x"' }, status: 200 },
    { vars: { HTTP_IF_NONE_MATCH: '"x"', HTTP_IF_MODIFIED_SINCE: LATER }, status: 200 },
    { vars: { HTTP_IF_MODIFIED_SINCE: MTIME }, status: 304 },
    { vars: { HTTP_IF_MODIFIED_SINCE: LATER }, status: 304 },
    { vars: { HTTP_IF_MODIFIED_SINCE: EARLIER }, status: 200 },
    { vars: { HTTP_IF_MODIFIED_SINCE: "2030" }, status: 200 },
    { vars: { HTTP_IF_MATCH: ETAG }, status: 200 },
    { vars: { HTTP_IF_MATCH: "*" }, status: 200 },
    { vars: { HTTP_IF_MATCH: `W/${ETAG}` }, status: 412 },
    { vars: { HTTP_IF_MATCH: '"x"' }, status: 412 },
    { vars: { HTTP_IF_MATCH: ETAG, HTTP_IF_UNMODIFIED_SINCE: EARLIER }, status: 200 },
    { vars: { HTTP_IF_UNMODIFIED_SINCE: EARLIER }, status: 412 },
    { vars: { HTTP_IF_UNMODIFIED_SINCE: MTIME }, status: 200 },
    { vars: { HTTP_IF_NONE_MATCH: ETAG, HTTP_RANGE: "bytes=0-1" }, status: 304 },
    { vars: { HTTP_IF_MATCH: ETAG, HTTP_IF_NONE_MATCH: ETAG }, status: 304 },
  ])("$vars: $status", ({ vars, status }) => {
    expect(answer(vars).head.status).toBe(status);
  });

  test("a 304 has the fields that update a cache, and no body", () => {
    const { head, framing, length } = answer({ HTTP_IF_NONE_MATCH: ETAG });
    expect(framing).toEqual({ type: "none", length: undefined });
    expect(length).toBe(0);
    const names = head.headers.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(["ETag", "Last-Modified", "Cache-Control"]));
    expect(names).not.toContain("Content-Type");
  });

  test("mean nothing to another method, nor to another status", () => {
    expect(answer({ HTTP_IF_NONE_MATCH: ETAG }, { method: "POST" }).head.status).toBe(200);
    const page = { ...app, status: 403, reason: "Forbidden" };
    expect(answer({ HTTP_IF_NONE_MATCH: ETAG, HTTP_RANGE: "bytes=0-1" }, { head: page })).toMatchObject({
      head: { status: 403, reason: "Forbidden" },
      length: 1000,
    });
  });

  test("an application that says 206 leaves the range to us", () => {
    const partial = { ...app, status: 206, reason: "Partial Content" };
    expect(answer({}, { head: partial }).head).toMatchObject({ status: 200, reason: "OK" });
    expect(answer({}, { head: partial, method: "POST" }).head).toMatchObject({ status: 200, reason: "OK" });
    expect(answer({ HTTP_RANGE: "bytes=0-1" }, { head: partial }).head.status).toBe(206);
  });
});
