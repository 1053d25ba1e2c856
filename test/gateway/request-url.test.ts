import { expect, test } from "vitest";
import { requestUrl } from "../../src/gateway/request-url.ts";
import { prepareRequest } from "./run-gateway.ts";

test.each([
  { what: "plain", vars: { PATH_INFO: "/url" }, url: "http://example.test/url" },
  { what: "https", vars: { PATH_INFO: "/url", HTTPS: "on" }, url: "https://example.test/url" },
  { what: "Host as the client sent it", vars: { HTTP_HOST: "Other.test:81" }, url: "http://Other.test:81/" },
  { what: "Host with the default port", vars: { HTTP_HOST: "a.test:80" }, url: "http://a.test:80/" },
  {
    what: "Host wins over the server",
    vars: { SERVER_NAME: "b.test", SERVER_PORT: "8080" },
    url: "http://example.test/",
  },
  { what: "no Host", vars: { HTTP_HOST: "" }, url: "http://example.test/" },
  {
    what: "no Host, another port",
    vars: { HTTP_HOST: "", SERVER_PORT: "8080" },
    url: "http://example.test:8080/",
  },
  {
    what: "no Host, https on 443",
    vars: { HTTP_HOST: "", HTTPS: "on", SERVER_PORT: "443" },
    url: "https://example.test/",
  },
  {
    what: "no Host, https on 80",
    vars: { HTTP_HOST: "", HTTPS: "on", SERVER_PORT: "80" },
    url: "https://example.test:80/",
  },
  {
    what: "no Host, http on 443",
    vars: { HTTP_HOST: "", SERVER_PORT: "443" },
    url: "http://example.test:443/",
  },
  { what: "a mount", vars: { SCRIPT_NAME: "/app", PATH_INFO: "/x" }, url: "http://example.test/app/x" },
  {
    what: "a mount and no path",
    vars: { SCRIPT_NAME: "/app", PATH_INFO: "" },
    url: "http://example.test/app",
  },
  { what: "nothing", vars: { SCRIPT_NAME: "", PATH_INFO: "" }, url: "http://example.test" },
  { what: "a query", vars: { QUERY_STRING: "a=b&c=%20?/" }, url: "http://example.test/?a=b&c=%20?/" },
  { what: "bytes of UTF-8", vars: { PATH_INFO: "/\u00c3\u00a9" }, url: "http://example.test/%C3%A9" },
  {
    what: "bytes of UTF-8 in the mount",
    vars: { SCRIPT_NAME: "/\u00c3\u00a9", PATH_INFO: "" },
    url: "http://example.test/%C3%A9",
  },
  {
    what: "what would end the path",
    vars: { PATH_INFO: "/a?b#c%d e" },
    url: "http://example.test/a%3Fb%23c%25d%20e",
  },
  { what: "control characters", vars: { PATH_INFO: "/\0\n\u007f" }, url: "http://example.test/%00%0A%7F" },
  {
    what: "what may stand in a path",
    vars: { PATH_INFO: "/aZ09-._~!$&'()*+,;=:@" },
    url: "http://example.test/aZ09-._~!$&'()*+,;=:@",
  },
  {
    what: "what may not",
    vars: { PATH_INFO: '/"<>[]^`{|}\\' },
    url: "http://example.test/%22%3C%3E%5B%5D%5E%60%7B%7C%7D%5C",
  },
  {
    what: "raw bytes in the query",
    vars: { QUERY_STRING: "q=\u00c3\u00a9 \n\u00ff" },
    url: "http://example.test/?q=%C3%A9%20%0A%FF",
  },
])("$what: $url", ({ vars, url }) => {
  const { environ } = prepareRequest({ vars });
  expect(requestUrl(environ)).toBe(url);
});

test("the query can be left out", () => {
  const { environ } = prepareRequest({ vars: { PATH_INFO: "/x", QUERY_STRING: "a=b" } });
  expect(requestUrl(environ, { query: false })).toBe("http://example.test/x");
  expect(requestUrl(environ, { query: true })).toBe("http://example.test/x?a=b");
  expect(requestUrl(environ, {})).toBe("http://example.test/x?a=b");
});

test("what middleware moved from PATH_INFO to SCRIPT_NAME changes nothing", () => {
  const { environ } = prepareRequest({ vars: { PATH_INFO: "/a/b/c" } });
  const before = requestUrl(environ);
  environ.SCRIPT_NAME = "/a/b";
  environ.PATH_INFO = "/c";
  expect(requestUrl(environ)).toBe(before);
});

test("the result is one that URL accepts", () => {
  const every = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
  const { environ } = prepareRequest({ vars: { PATH_INFO: `/${every}`, QUERY_STRING: "a=b" } });
  const url = new URL(requestUrl(environ));
  expect(Buffer.from(unescape(url.pathname), "latin1").toString("latin1")).toBe(`/${every}`);
  expect(url.search).toBe("?a=b");
});
