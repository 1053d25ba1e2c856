import { describe, expect, test } from "vitest";
import { offloadRoots } from "../../../src/front/offload/offload-options.ts";
import { offloadWish } from "../../../src/front/offload/offload-path.ts";

const roots = offloadRoots({
  accelRoots: { "/protected/": "/srv/files", "/protected/big": "/mnt/big/", "/é": "/srv/é" },
  sendfileRoots: ["/srv/files", "/mnt"],
});
const none = offloadRoots({ accelRoots: {}, sendfileRoots: [] });

describe("X-Accel-Redirect", () => {
  test.each([
    { value: "/protected/a.pdf", root: "/srv/files", path: "/srv/files/a.pdf" },
    { value: "/protected//x/./a.pdf", root: "/srv/files", path: "/srv/files/x/a.pdf" },
    { value: "/protected/a.pdf?token=1", root: "/srv/files", path: "/srv/files/a.pdf" },
    { value: "/protected/a%20b%2541", root: "/srv/files", path: "/srv/files/a b%41" },
    { value: "/protected/100%", root: "/srv/files", path: "/srv/files/100%" },
    { value: "/protected/..a/b..", root: "/srv/files", path: "/srv/files/..a/b.." },
    { value: "/protected/big/c", root: "/mnt/big/", path: "/mnt/big/c" },
    { value: "/protected/bigger", root: "/srv/files", path: "/srv/files/bigger" },
    { value: "/%C3%A9/a", root: "/srv/\u00c3\u00a9", path: "/srv/\u00c3\u00a9/a" },
  ])("$value", ({ value, root, path }) => {
    expect(offloadWish([["X-Accel-Redirect", value]], roots)).toEqual({ type: "file", roots: [root], path });
  });

  test.each([
    "",
    "protected/a",
    "@named",
    "http://a.test/protected/a",
    "/other/a",
    "/protected",
    "/protected/",
    "/protectedness/a",
    "/protected/../../etc/passwd",
    "/../protected/a",
    "/protected/%2e%2e/%2e%2e/etc/passwd",
    "/protected/..%2f..%2fetc/passwd",
    "/protected/.%2E/x",
    "/protected/a%00.pdf",
    "/protected/..",
  ])("%j is refused", (value) => {
    expect(offloadWish([["X-Accel-Redirect", value]], roots)).toMatchObject({ type: "refused" });
  });
});

describe("X-Sendfile", () => {
  test.each([
    { value: "/srv/files/a.pdf", path: "/srv/files/a.pdf" },
    { value: "/srv/files/a%20b", path: "/srv/files/a b" },
    { value: "/srv/files/why?", path: "/srv/files/why?" },
  ])("$value", ({ value, path }) => {
    expect(offloadWish([["x-sendfile", value]], roots)).toEqual({
      type: "file",
      roots: ["/srv/files", "/mnt"],
      path,
    });
  });

  test.each(["a.pdf", "", "/srv/files/../secret", "/srv/files/%2e%2e/secret", "/srv/files/a%00"])(
    "%j is refused",
    (value) => {
      expect(offloadWish([["X-Sendfile", value]], roots)).toMatchObject({ type: "refused" });
    },
  );
});

test.each([
  {
    name: "neither",
    headers: [
      ["Content-Type", "a"],
      ["Set-Cookie", "b=1"],
    ],
    wish: undefined,
  },
  {
    name: "both: X-Accel-Redirect counts",
    headers: [
      ["X-Accel-Redirect", "/protected/a"],
      ["X-Sendfile", "/mnt/b"],
    ],
    wish: { type: "file", roots: ["/srv/files"], path: "/srv/files/a" },
  },
] as const)("$name", ({ headers, wish }) => {
  expect(offloadWish(headers, roots)).toEqual(wish);
});

test("without a directory the field is named, and nothing else", () => {
  expect(offloadWish([["X-Accel-Redirect", "/a"]], none)).toEqual({ type: "off", field: "x-accel-redirect" });
  expect(offloadWish([["X-Sendfile", "/a"]], none)).toEqual({ type: "off", field: "x-sendfile" });
});

test.each([
  { accelRoots: { protected: "/srv" }, sendfileRoots: [] },
  { accelRoots: { "/a/../b": "/srv" }, sendfileRoots: [] },
  { accelRoots: { "/a": "srv" }, sendfileRoots: [] },
  { accelRoots: {}, sendfileRoots: ["srv"] },
])("%o is no configuration", (options) => {
  expect(() => offloadRoots(options)).toThrow(expect.objectContaining({ code: "UWB_ERR_CONFIG" }));
});
