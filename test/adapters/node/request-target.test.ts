import { describe, expect, test } from "vitest";
import { nodeTarget } from "../../../src/adapters/node/request-target.ts";
import type { Environ } from "../../../src/gateway/types.ts";

interface Row {
  readonly uri?: string;
  readonly script?: string;
  readonly path?: string;
  readonly query?: string;
  readonly url: string;
  readonly original?: string;
  readonly base?: string;
}

describe("not mounted", () => {
  test.each<Row>([
    { uri: "/a", path: "/a", url: "/a" },
    { uri: "/a%20b?x=%20&y", path: "/a b", query: "x=%20&y", url: "/a%20b?x=%20&y" },
    { uri: "/a//b/../c", path: "/a/c", url: "/a//b/../c" },
    { uri: "//evil.test/x", path: "//evil.test/x", url: "//evil.test/x" },
    { uri: "*", path: "*", url: "*" },
    { uri: "http://a.test/x?y", path: "/x", url: "/x?y" },
    { uri: "HTTPS://a.test:8443/x", path: "/x", url: "/x" },
    { uri: "http://a.test", path: "/", url: "/" },
    { uri: "http://a.test?q=1", path: "/", query: "q=1", url: "/?q=1" },
    { uri: "/x?next=http://b.test/", path: "/x", url: "/x?next=http://b.test/" },
    { uri: "/caf\u00c3\u00a9", path: "/caf\u00c3\u00a9", url: "/caf\u00c3\u00a9" },
  ])("REQUEST_URI $uri", check);

  test.each<Row>([
    { path: "/a b", url: "/a%20b" },
    { path: "/a", query: "x=1", url: "/a?x=1" },
    { path: "", url: "/" },
    { path: "", query: "x", url: "/?x" },
    { path: "/a?b#c%d", url: "/a%3Fb%23c%25d" },
    { path: "/caf\u00c3\u00a9", url: "/caf%C3%A9" },
    { path: "/\n\0", url: "/%0A%00" },
    { path: "/~!$&'()*+,;=:@-._", url: "/~!$&'()*+,;=:@-._" },
    { uri: "", path: "/a", url: "/a" },
  ])("no REQUEST_URI, path $path, query $query", check);
});

describe("mounted", () => {
  test.each<Row>([
    { script: "/app", uri: "/app/x?y", path: "/x", url: "/x?y", base: "/app" },
    { script: "/app", uri: "/app", path: "", url: "/", base: "/app" },
    { script: "/app", uri: "/app?y=1", path: "", query: "y=1", url: "/?y=1", base: "/app" },
    { script: "/a b", uri: "/a%20b/x", path: "/x", url: "/x", base: "/a%20b" },
    { script: "/caf\u00c3\u00a9", uri: "/caf%C3%A9/x", path: "/x", url: "/x", base: "/caf%C3%A9" },
    {
      script: "/caf\u00c3\u00a9",
      uri: "/caf\u00c3\u00a9/x",
      path: "/x",
      url: "/x",
      base: "/caf\u00c3\u00a9",
    },
    { script: "/app", path: "/x", url: "/x", original: "/app/x", base: "/app" },
    { script: "/app", uri: "http://a.test/app/x", path: "/x", url: "/x", original: "/app/x", base: "/app" },
    { script: "/app", uri: "/app//x", path: "//x", url: "//x", base: "/app" },
  ])("$script, REQUEST_URI $uri", check);

  test.each<Row>([
    { script: "/app", uri: "/old/x?q", path: "/x", query: "q", url: "/x?q", base: "/app" },
    { script: "/app", uri: "/application/x", path: "/x", url: "/x", base: "/app" },
    { script: "/app", uri: "*", path: "*", url: "/*", base: "/app" },
    { script: "/a b", uri: "/old", path: "/caf\u00c3\u00a9", url: "/caf%C3%A9", base: "/a%20b" },
  ])("$script, and REQUEST_URI $uri is from before a rewrite", check);

  test("mount keep: the whole, and no base", () => {
    const environ = environOf({ script: "/app", uri: "/app/x?y", path: "/x", url: "" });
    expect(nodeTarget(environ, "keep")).toEqual({ url: "/app/x?y", originalUrl: "/app/x?y", baseUrl: "" });
  });
});

function check(row: Row): void {
  const { url, base = "" } = row;
  const original = row.original ?? (row.script === undefined ? url : row.uri);
  expect(nodeTarget(environOf(row), "strip")).toEqual({ url, originalUrl: original, baseUrl: base });
}

function environOf({ uri, script = "", path = "/", query = "" }: Row): Environ {
  const vars = { SCRIPT_NAME: script, PATH_INFO: path, QUERY_STRING: query };
  return { ...vars, ...(uri === undefined ? {} : { REQUEST_URI: uri }) } as Environ;
}
