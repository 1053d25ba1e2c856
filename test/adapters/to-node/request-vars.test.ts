import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { varsOf } from "../../../src/adapters/to-node/request-vars.ts";

interface Sent {
  readonly method?: string;
  readonly url?: string;
  readonly rawHeaders?: readonly string[];
  readonly socket?: Readonly<Record<string, unknown>>;
}

function vars({ method = "GET", url = "/", rawHeaders = [], socket = {} }: Sent): Record<string, string> {
  const request = { method, url, rawHeaders, socket, httpVersion: "1.1" } as unknown as IncomingMessage;
  return Object.fromEntries(varsOf(request));
}

test.each([
  ["/", "/", ""],
  ["/a/b?x=1&y", "/a/b", "x=1&y"],
  ["/a%20b/%C3%A9?q=%20", "/a b/\u00c3\u00a9", "q=%20"],
  ["/100%", "/100%", ""],
  ["http://example.test/a?b", "/a", "b"],
  ["http://example.test", "/", ""],
  ["http://example.test?b", "/", "b"],
  ["*", "*", ""],
])("%s is the path %j and the query %j", (url, path, query) => {
  expect(vars({ url })).toMatchObject({ REQUEST_URI: url, PATH_INFO: path, QUERY_STRING: query });
});

test("header fields become vars, and a client can not name one", () => {
  const rawHeaders = [
    ...["Host", "example.test", "X-Two-Words", "b", "Content-Type", "text/plain", "Content-Length", "3"],
    ...["Proxy", "evil", "X_Under", "evil", "Transfer-Encoding", "chunked"],
  ];
  const seen = vars({ rawHeaders });
  expect(seen).toMatchObject({
    HTTP_HOST: "example.test",
    HTTP_X_TWO_WORDS: "b",
    CONTENT_TYPE: "text/plain",
    CONTENT_LENGTH: "3",
  });
  expect(Object.keys(seen).filter((name) => /PROXY|UNDER|TRANSFER/.test(name))).toEqual([]);
});

test("the connection tells scheme and addresses", () => {
  const socket = {
    encrypted: true,
    localAddress: "::1",
    localPort: 443,
    remoteAddress: "192.0.2.1",
    remotePort: 5000,
  };
  expect(vars({ socket })).toMatchObject({
    HTTPS: "on",
    REQUEST_SCHEME: "https",
    SERVER_NAME: "[::1]",
    SERVER_PORT: "443",
    REMOTE_ADDR: "192.0.2.1",
    REMOTE_PORT: "5000",
  });
  expect(vars({})).toMatchObject({ REQUEST_SCHEME: "http", SERVER_NAME: "localhost", SERVER_PORT: "80" });
  expect(vars({})).not.toHaveProperty("HTTPS");
});
