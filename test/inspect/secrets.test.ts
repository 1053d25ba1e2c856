import { describe, expect, test } from "vitest";
import { isSecret, shownValue } from "../../src/inspect/secrets.ts";

describe.each([
  "HTTP_COOKIE",
  "HTTP_AUTHORIZATION",
  "HTTP_PROXY_AUTHORIZATION",
  "REDIRECT_HTTP_AUTHORIZATION",
  "REDIRECT_REDIRECT_HTTP_COOKIE",
  "http_cookie",
  "Cookie",
  "Set-Cookie",
  "set-cookie",
  "Authorization",
  "Proxy-Authorization",
])("%s", (name) => {
  test("is hidden", () => {
    expect(isSecret(name)).toBe(true);
    expect(shownValue(name, "x".repeat(32), false)).toBe("[redacted, 32 bytes]");
    expect(shownValue(name, "x", false)).toBe("[redacted, 1 byte]");
  });

  test("is shown on request, escaped", () => {
    expect(shownValue(name, "a\u001bb", true)).toBe("a\\x1bb");
  });
});

test.each(["HTTP_HOST", "HTTP_X_COOKIE", "COOKIES", "HTTP_COOKIE_X", "REQUEST_URI"])(
  "%s is shown",
  (name) => {
    expect(isSecret(name)).toBe(false);
    expect(shownValue(name, "value", false)).toBe("value");
  },
);
