import { expect, test } from "vitest";
import { serverId } from "../../../src/front/balance/server-id.ts";
import { StickyCookie } from "../../../src/front/balance/sticky-cookie.ts";

const cookie = new StickyCookie("at");

test.each([
  ["at=abc", "abc"],
  ["a=b; at=abc; c=d", "abc"],
  ["a=b;at=abc", "abc"],
  ["xat=abc", undefined],
  ["a=at=abc", undefined],
  ["at=", ""],
  ["a=b", undefined],
])("%s names %s", (value, id) => {
  expect(cookie.read([["HTTP_COOKIE", value]])).toBe(id);
});

test("without cookies no server is named", () => {
  expect(cookie.read([["HTTP_HOST", "at=abc"]])).toBeUndefined();
});

test("scripts and other sites do not get it, and plain HTTP not what came by TLS", () => {
  expect(cookie.write("abc", "http")).toBe("at=abc; Path=/; HttpOnly; SameSite=Lax");
  expect(cookie.write("abc", "https")).toBe("at=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
});

test("the name of a server is the same everywhere, and does not say where it is", () => {
  expect(serverId("10.0.0.5:3031")).toBe(serverId("10.0.0.5:3031"));
  expect(serverId("10.0.0.5:3031")).not.toBe(serverId("10.0.0.6:3031"));
  expect(serverId("10.0.0.5:3031")).toMatch(/^[\w-]{12}$/);
});
