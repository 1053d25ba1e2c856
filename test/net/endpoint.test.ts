import { describe, expect, test } from "vitest";
import { formatEndpoint, isLoopbackHost, parseEndpoint, parseTarget } from "../../src/net/endpoint.ts";

const tcp = (host: string, port: number) => ({ type: "tcp", host, port }) as const;

describe("parseEndpoint", () => {
  test.each([
    ["127.0.0.1:3031", tcp("127.0.0.1", 3031)],
    ["example.test:0", tcp("example.test", 0)],
    ["my_service:65535", tcp("my_service", 65_535)],
    [":8080", tcp("::", 8080)],
    ["[::1]:80", tcp("::1", 80)],
    ["[::]:80", tcp("::", 80)],
    ["uwsgi://127.0.0.1:3031", tcp("127.0.0.1", 3031)],
    ["unix:/run/app.sock", { type: "unix", path: "/run/app.sock" }],
    ["uwsgi://unix:/run/app.sock", { type: "unix", path: "/run/app.sock" }],
    ["/run/app.sock", { type: "unix", path: "/run/app.sock" }],
    ["unix:relative.sock", { type: "unix", path: "relative.sock" }],
    ["fd://3", { type: "fd", fd: 3 }],
  ])("%s", (text, endpoint) => {
    expect(parseEndpoint(text, "socket")).toEqual(endpoint);
  });

  test.each([
    "",
    "8080",
    "host",
    "host:",
    "host:x",
    "host:65536",
    "a:b:1",
    "[::g]:1",
    "[::1]",
    "unix:",
    "fd://",
    "fd://x",
    "a b:1",
  ])("%j is refused with the name of the option", (text) => {
    expect(() => parseEndpoint(text, "socket")).toThrow(
      expect.objectContaining({ name: "ConfigError", option: "socket", code: "UWB_ERR_ENDPOINT" }),
    );
  });

  test("a port alone is refused with what to write", () => {
    expect(() => parseEndpoint("8080", "http")).toThrow(
      '"8080" is not an address; write :8080, or 127.0.0.1:8080 for this machine alone',
    );
  });

  test.each([
    { bytes: 107, isAllowed: true },
    { bytes: 108, isAllowed: false },
  ])("a Unix path of $bytes bytes is allowed: $isAllowed", ({ bytes, isAllowed }) => {
    const parse = () => parseEndpoint(`unix:/${"a".repeat(bytes - 1)}`, "socket");
    if (isAllowed) expect(parse()).toMatchObject({ type: "unix" });
    else expect(parse).toThrow(/108 bytes, the system takes 107/);
  });

  test("the length of a path counts in bytes, not in characters", () => {
    expect(() => parseEndpoint(`unix:/${"é".repeat(54)}`, "socket")).toThrow(/109 bytes/);
  });
});

test.each(["127.0.0.1:3031", "[::1]:80", "unix:/run/app.sock", "fd://3"])(
  "formatEndpoint writes %s back",
  (text) => {
    expect(formatEndpoint(parseEndpoint(text, "socket"))).toBe(text);
  },
);

describe("parseTarget", () => {
  test("takes :port for this machine", () => {
    expect(parseTarget(":3031", "to")).toEqual(tcp("127.0.0.1", 3031));
  });

  test("refuses a descriptor: nobody can connect to one", () => {
    expect(() => parseTarget("fd://3", "to")).toThrow(expect.objectContaining({ option: "to" }));
  });
});

test.each([
  ["127.0.0.1", true],
  ["127.8.9.1", true],
  ["localhost", true],
  ["::1", true],
  ["::", false],
  ["0.0.0.0", false],
  ["10.0.0.1", false],
  ["127.0.0.1.example.test", false],
])("%s can be reached from this machine only: %s", (host, expected) => {
  expect(isLoopbackHost(host)).toBe(expected);
});
