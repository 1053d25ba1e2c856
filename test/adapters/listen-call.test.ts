import { describe, expect, test } from "vitest";
import { parseListenCall } from "../../src/adapters/listen-call.ts";

const callback = (): void => undefined;
const { signal } = new AbortController();
const nothing = { port: 0, host: undefined, path: undefined, callback: undefined, signal: undefined };

test.each([
  ["nothing", [], {}],
  ["a callback", [callback], { callback }],
  ["a port", [3000], { port: 3000 }],
  ["a port as text", ["3000"], { port: 3000 }],
  ["port 0", [0], {}],
  ["undefined and a callback", [undefined, callback], { callback }],
  ["null", [null], {}],
  ["a port and a callback", [3000, callback], { port: 3000, callback }],
  ["a port and a host", [3000, "::1"], { port: 3000, host: "::1" }],
  [
    "a port, a host, a backlog and a callback",
    [3000, "::1", 511, callback],
    { port: 3000, host: "::1", callback },
  ],
  ["a port, a backlog and a callback", [3000, 511, callback], { port: 3000, callback }],
  ["a path", ["/run/a.sock"], { path: "/run/a.sock" }],
  ["a path, a backlog and a callback", ["/run/a.sock", 511, callback], { path: "/run/a.sock", callback }],
  ["options", [{ port: 3000, host: "a.test", signal }], { port: 3000, host: "a.test", signal }],
  ["options and a callback", [{ port: "3000" }, callback], { port: 3000, callback }],
  ["options with a path", [{ path: "/run/a.sock" }, callback], { path: "/run/a.sock", callback }],
  ["options with a port and a path", [{ port: 1, path: "/run/a.sock" }], { port: 1 }],
  ["a handle", [{ fd: 3 }, callback], { callback }],
])("%s", (_what, args, call) => {
  expect(parseListenCall(args)).toEqual({ ...nothing, ...call });
});

describe("a port that there is not is the error of Node:", () => {
  test.each([[65_536], [-1], [1.5], [{ port: "x" }], [{ port: 70_000 }]])("%o", (first) => {
    expect(() => parseListenCall([first])).toThrow(
      expect.objectContaining({ name: "RangeError", code: "ERR_SOCKET_BAD_PORT" }) as Error,
    );
  });
});
