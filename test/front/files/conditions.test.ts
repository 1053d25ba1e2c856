import { expect, test } from "vitest";
import {
  type Conditions,
  isRangeCurrent,
  preconditionStatus,
  readConditions,
} from "../../../src/front/files/conditions.ts";

const MODIFIED = "Mon, 06 May 2024 07:08:09 GMT";
const BEFORE = "Mon, 06 May 2024 07:08:08 GMT";
const AFTER = "Mon, 06 May 2024 07:08:10 GMT";
const lastModifiedMs = Date.parse(MODIFIED);
const file = { etag: '"a-1"', lastModifiedMs };
const NOW = lastModifiedMs + 60_000;

const table: readonly { when: Conditions; status: 200 | 304 | 412 }[] = [
  { when: {}, status: 200 },
  { when: { ifNoneMatch: '"a-1"' }, status: 304 },
  { when: { ifNoneMatch: 'W/"a-1"' }, status: 304 },
  { when: { ifNoneMatch: "*" }, status: 304 },
  { when: { ifNoneMatch: '"x", "a-1"' }, status: 304 },
  { when: { ifNoneMatch: '"x","a-1"' }, status: 304 },
  { when: { ifNoneMatch: ' , "x,y" ,W/"a-1"' }, status: 304 },
  { when: { ifNoneMatch: '"x"' }, status: 200 },
  { when: { ifNoneMatch: 'w/"a-1"' }, status: 200 },
  { when: { ifNoneMatch: "a-1" }, status: 200 },
  { when: { ifNoneMatch: '"x" "a-1"' }, status: 200 },
  { when: { ifNoneMatch: '"A-1"' }, status: 200 },
  { when: { ifNoneMatch: '"x"', ifModifiedSince: AFTER }, status: 200 },
  { when: { ifNoneMatch: '"a-1"', ifModifiedSince: BEFORE }, status: 304 },
  { when: { ifModifiedSince: MODIFIED }, status: 304 },
  { when: { ifModifiedSince: AFTER }, status: 304 },
  { when: { ifModifiedSince: "Fri, 01 Jan 2100 00:00:00 GMT" }, status: 304 },
  { when: { ifModifiedSince: BEFORE }, status: 200 },
  { when: { ifModifiedSince: "yesterday" }, status: 200 },
  { when: { ifMatch: '"a-1"' }, status: 200 },
  { when: { ifMatch: "*" }, status: 200 },
  { when: { ifMatch: '"x", "a-1"' }, status: 200 },
  { when: { ifMatch: 'W/"a-1"' }, status: 412 },
  { when: { ifMatch: '"x"' }, status: 412 },
  { when: { ifMatch: "nonsense" }, status: 412 },
  { when: { ifMatch: '"x"', ifUnmodifiedSince: AFTER }, status: 412 },
  { when: { ifMatch: '"a-1"', ifUnmodifiedSince: BEFORE }, status: 200 },
  { when: { ifMatch: '"a-1"', ifNoneMatch: '"a-1"' }, status: 304 },
  { when: { ifMatch: '"x"', ifNoneMatch: '"a-1"' }, status: 412 },
  { when: { ifUnmodifiedSince: MODIFIED }, status: 200 },
  { when: { ifUnmodifiedSince: AFTER }, status: 200 },
  { when: { ifUnmodifiedSince: BEFORE }, status: 412 },
  { when: { ifUnmodifiedSince: "yesterday" }, status: 200 },
  { when: { ifUnmodifiedSince: AFTER, ifModifiedSince: AFTER }, status: 304 },
];

test.each(table)("$when -> $status", ({ when, status }) => {
  expect(preconditionStatus(when, file, NOW)).toBe(status);
});

test.each([
  { ifRange: undefined, isCurrent: true },
  { ifRange: '"a-1"', isCurrent: true },
  { ifRange: 'W/"a-1"', isCurrent: false },
  { ifRange: '"nope"', isCurrent: false },
  { ifRange: '"a-1", "b"', isCurrent: false },
  { ifRange: MODIFIED, isCurrent: true },
  { ifRange: BEFORE, isCurrent: false },
  { ifRange: AFTER, isCurrent: false },
  { ifRange: "nonsense", isCurrent: false },
])("If-Range: $ifRange -> $isCurrent", ({ ifRange, isCurrent }) => {
  expect(isRangeCurrent(ifRange, file, NOW)).toBe(isCurrent);
});

test("the date of a second that is not over proves nothing about parts", () => {
  expect(isRangeCurrent(MODIFIED, file, lastModifiedMs + 999)).toBe(false);
  expect(isRangeCurrent(MODIFIED, file, lastModifiedMs + 1000)).toBe(true);
});

test("conditions are read from the vars of a request, and nothing else is", () => {
  const vars = [
    ["HTTP_RANGE", "bytes=0-1"],
    ["HTTP_IF_RANGE", "a"],
    ["HTTP_IF_MATCH", "b"],
    ["HTTP_IF_NONE_MATCH", "c"],
    ["HTTP_IF_MODIFIED_SINCE", "d"],
    ["HTTP_IF_UNMODIFIED_SINCE", "e"],
    ["HTTP_ACCEPT_ENCODING", "f"],
    ["HTTP_ACCEPT", "g"],
    ["constructor", "h"],
  ] as const;
  expect(readConditions(vars)).toEqual({
    range: "bytes=0-1",
    ifRange: "a",
    ifMatch: "b",
    ifNoneMatch: "c",
    ifModifiedSince: "d",
    ifUnmodifiedSince: "e",
    acceptEncoding: "f",
  });
});
