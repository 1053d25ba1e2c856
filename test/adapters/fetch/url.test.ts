import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClientSignal } from "../../../src/adapters/fetch/client-signal.ts";
import { requestParts } from "../../../src/adapters/fetch/request.ts";
import { fetchUrl } from "../../../src/adapters/fetch/url.ts";
import { prepareRequest } from "../../gateway/run-gateway.ts";
import { kinds, restoreGlobalsAfterEach, runFetch, seenBy } from "./run.ts";

restoreGlobalsAfterEach();

type Vars = Readonly<Record<string, string>>;

const cases: readonly { what: string; vars: Vars; url: string }[] = [
  { what: "plain", vars: { REQUEST_URI: "/a/b" }, url: "http://example.test/a/b" },
  { what: "a query", vars: { REQUEST_URI: "/a?b=c&d=%20/?" }, url: "http://example.test/a?b=c&d=%20/?" },
  { what: "https", vars: { REQUEST_URI: "/", HTTPS: "on" }, url: "https://example.test/" },
  { what: "a port", vars: { REQUEST_URI: "/", HTTP_HOST: "a.test:8080" }, url: "http://a.test:8080/" },
  { what: "the default port", vars: { REQUEST_URI: "/", HTTP_HOST: "a.test:80" }, url: "http://a.test/" },
  {
    what: "the default port of the other scheme",
    vars: { REQUEST_URI: "/", HTTP_HOST: "a.test:80", HTTPS: "on" },
    url: "https://a.test:80/",
  },
  { what: "an empty port", vars: { REQUEST_URI: "/", HTTP_HOST: "a.test:" }, url: "http://a.test/" },
  { what: "upper case", vars: { REQUEST_URI: "/A", HTTP_HOST: "A.Test" }, url: "http://a.test/A" },
  { what: "an underscore", vars: { REQUEST_URI: "/", HTTP_HOST: "my_app" }, url: "http://my_app/" },
  { what: "a root dot", vars: { REQUEST_URI: "/", HTTP_HOST: "a.test." }, url: "http://a.test./" },
  { what: "IPv4", vars: { REQUEST_URI: "/", HTTP_HOST: "127.0.0.1:81" }, url: "http://127.0.0.1:81/" },
  { what: "IPv6", vars: { REQUEST_URI: "/", HTTP_HOST: "[::1]:81" }, url: "http://[::1]:81/" },
  {
    what: "Host wins over the server",
    vars: { REQUEST_URI: "/", SERVER_NAME: "b.test", SERVER_PORT: "81" },
    url: "http://example.test/",
  },
  { what: "no Host", vars: { REQUEST_URI: "/", HTTP_HOST: "" }, url: "http://example.test/" },
  {
    what: "no Host, another port",
    vars: { REQUEST_URI: "/", HTTP_HOST: "", SERVER_PORT: "81" },
    url: "http://example.test:81/",
  },
  {
    what: "no Host, 443 without TLS",
    vars: { REQUEST_URI: "/", HTTP_HOST: "", SERVER_PORT: "443" },
    url: "http://example.test:443/",
  },
  {
    what: "no Host, 443 with TLS",
    vars: { REQUEST_URI: "/", HTTP_HOST: "", SERVER_PORT: "443", HTTPS: "on" },
    url: "https://example.test/",
  },
  {
    what: "no Host, a server named by its address",
    vars: { REQUEST_URI: "/", HTTP_HOST: "", SERVER_NAME: "::1", SERVER_PORT: "81" },
    url: "http://[::1]:81/",
  },
  {
    what: "no Host, a server named by a pattern",
    vars: { REQUEST_URI: "/a", HTTP_HOST: "", SERVER_NAME: "~^www", SERVER_PORT: "81" },
    url: "http://localhost/a",
  },
  {
    what: "no Host, a port that is none",
    vars: { REQUEST_URI: "/", HTTP_HOST: "", SERVER_PORT: "http" },
    url: "http://example.test/",
  },
  {
    what: "REQUEST_URI wins over PATH_INFO",
    vars: { REQUEST_URI: "/raw%2Fpath?x", PATH_INFO: "/raw/path", QUERY_STRING: "y" },
    url: "http://example.test/raw%2Fpath?x",
  },
  {
    what: "absolute form",
    vars: { REQUEST_URI: "http://other.test:99/a?b", PATH_INFO: "/x" },
    url: "http://example.test/a?b",
  },
  {
    what: "absolute form without a path",
    vars: { REQUEST_URI: "HTTPS://other.test?b" },
    url: "http://example.test/?b",
  },
  {
    what: "absolute form with a user",
    vars: { REQUEST_URI: "http://u:p@other.test/a" },
    url: "http://example.test/a",
  },
  {
    what: "two slashes, which name no host",
    vars: { REQUEST_URI: "//evil.test/a" },
    url: "http://example.test//evil.test/a",
  },
  {
    what: "a user in the path, who is none",
    vars: { REQUEST_URI: "/@evil.test/" },
    url: "http://example.test/@evil.test/",
  },
  { what: "a fragment", vars: { REQUEST_URI: "/a?b#c?d" }, url: "http://example.test/a?b" },
  { what: "dots", vars: { REQUEST_URI: "/a/./b/../c" }, url: "http://example.test/a/c" },
  { what: "encoded dots", vars: { REQUEST_URI: "/a/%2e%2E/c" }, url: "http://example.test/c" },
  { what: "dots in names", vars: { REQUEST_URI: "/a.b/..." }, url: "http://example.test/a.b/..." },
  { what: "a backslash", vars: { REQUEST_URI: "/a\\b" }, url: "http://example.test/a/b" },
  {
    what: "bytes of UTF-8",
    vars: { REQUEST_URI: "/\u00c3\u00a9?\u00e9" },
    url: "http://example.test/%C3%A9?%E9",
  },
  {
    what: "control characters, which are not dropped",
    vars: { REQUEST_URI: "/a\tb\nc\u007f d" },
    url: "http://example.test/a%09b%0Ac%7F%20d",
  },
  {
    what: "what a URL quotes",
    vars: { REQUEST_URI: '/<"{`}>?<"\'>' },
    url: "http://example.test/%3C%22%7B%60%7D%3E?%3C%22%27%3E",
  },
  {
    what: "no REQUEST_URI",
    vars: { SCRIPT_NAME: "/app", PATH_INFO: "/a b%/\u00c3\u00a9", QUERY_STRING: "c=%20" },
    url: "http://example.test/app/a%20b%25/%C3%A9?c=%20",
  },
  {
    what: "no REQUEST_URI and no Host",
    vars: { PATH_INFO: "/a", HTTP_HOST: "", SERVER_PORT: "81" },
    url: "http://example.test:81/a",
  },
  { what: "nothing at all", vars: { PATH_INFO: "" }, url: "http://example.test/" },
  {
    what: "OPTIONS *",
    vars: { REQUEST_METHOD: "OPTIONS", REQUEST_URI: "*", PATH_INFO: "*" },
    url: "http://example.test/*",
  },
  {
    what: "a REQUEST_URI without a slash",
    vars: { REQUEST_URI: "a.test:443", PATH_INFO: "/p", QUERY_STRING: "q" },
    url: "http://example.test/p?q",
  },
];

describe.each(kinds)("%s", (kind) => {
  test.each(cases)("$what: $url", async ({ vars, url }) => {
    expect(await seenBy((request) => request.url, { kind, vars })).toBe(url);
  });

  test.each([
    "a b",
    "a/b",
    "a?b",
    "a#b",
    "a\\b",
    "user@a.test",
    "a..test",
    ".a.test",
    "a.test:http",
    "a.test:65536",
    "a.test:123456",
    "a.test:80:80",
    "a%41.test",
    "a,b",
    "b\u00fccher.test",
    "1.2.3.4.5",
    "256.1.1.1",
    "[::1",
    "[::zz]",
    "[1:2]",
    "::1",
    ":80",
    "*",
    " ",
    "a.test\t",
  ])("Host %j is answered 400 without asking the handler", async (host) => {
    for (const uri of ["/", "/a b", ""]) {
      let calls = 0;
      const handler = () => {
        calls += 1;
        return new Response("x");
      };
      const run = await runFetch(handler, { kind, vars: { HTTP_HOST: host, REQUEST_URI: uri } });
      expect(run).toMatchObject({ status: "400 Bad Request", body: "Bad Request\n", outcome: "app-error" });
      expect(run.log.codes).toEqual(["UWB_ERR_REQUEST_INVALID"]);
      expect(calls).toBe(0);
    }
  });
});

test("a host that was refused once stays refused, and one that was served stays served", () => {
  const urlOf = (host: string): string => fetchUrl(prepareRequest({ vars: { HTTP_HOST: host } }).environ);
  for (let round = 0; round < 2; round += 1) {
    expect(() => urlOf("no host")).toThrow(expect.objectContaining({ statusHint: 400 }));
    // More hosts than are remembered.
    for (let count = 0; count < 600; count += 1) {
      expect(urlOf(`h${count}.test:81`)).toBe(`http://h${count}.test:81/`);
    }
  }
});

test("any target: one URL on that host, in the normal form of the standard", () => {
  const character = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(..."/.?%2eE5&='\\ab@:;[]|^~!$*(),+\"<>{}`#\t ") },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) },
  );
  const targets = fc.string({ unit: character, maxLength: 24 });
  fc.assert(
    fc.property(targets, fc.constantFrom("REQUEST_URI", "PATH_INFO", "QUERY_STRING"), (text, place) => {
      const slash = place === "QUERY_STRING" ? "" : "/";
      const { environ } = prepareRequest({ vars: { [place]: slash + text } });
      const url = fetchUrl(environ);
      expect(new URL(url).href).toBe(url);
      expect(new Request(url).url).toBe(url);
      expect(new URL(url)).toMatchObject({ origin: "http://example.test", username: "", hash: "" });
      expect(requestParts(environ, new ClientSignal(environ)).url).toBe(url);
    }),
    { numRuns: 2000 },
  );
});
