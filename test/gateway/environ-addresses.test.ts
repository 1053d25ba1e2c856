import { describe, expect, test } from "vitest";
import type { Vars } from "../../src/codec/vars.ts";
import { environFromPacket } from "../../src/gateway/environ.ts";

describe("SCRIPT_NAME and PATH_INFO", () => {
  test.each([
    { what: "neither is sent", sent: {}, script: "", path: "" },
    { what: "no mount", sent: { SCRIPT_NAME: "", PATH_INFO: "/a/b" }, script: "", path: "/a/b" },
    { what: "a mount", sent: { SCRIPT_NAME: "/app", PATH_INFO: "/env" }, script: "/app", path: "/env" },
    {
      what: "a mount, and the path holds it",
      sent: { SCRIPT_NAME: "/a", PATH_INFO: "/a/b" },
      script: "/a",
      path: "/a/b",
    },
    { what: "a mount, no path", sent: { SCRIPT_NAME: "/app", PATH_INFO: "" }, script: "/app", path: "" },
    { what: "lighttpd's first segment, no path", sent: { SCRIPT_NAME: "/a" }, script: "/a", path: "" },
    {
      what: "Apache's slash at its mount",
      sent: { SCRIPT_NAME: "/mnt/", PATH_INFO: "/" },
      script: "/mnt",
      path: "/",
    },
    {
      what: "a slash that the path lost",
      sent: { SCRIPT_NAME: "/mnt/", PATH_INFO: "x" },
      script: "/mnt",
      path: "/x",
    },
    { what: "a slash, no path", sent: { SCRIPT_NAME: "/mnt/" }, script: "/mnt", path: "/" },
    {
      what: "several slashes",
      sent: { SCRIPT_NAME: "/a/b///", PATH_INFO: "/c" },
      script: "/a/b",
      path: "/c",
    },
    { what: "a mount at the root", sent: { SCRIPT_NAME: "/", PATH_INFO: "/a" }, script: "", path: "/a" },
    {
      what: "a mount at the root, no path",
      sent: { SCRIPT_NAME: "/", PATH_INFO: "" },
      script: "",
      path: "/",
    },
    {
      what: "dot segments and double slashes stay",
      sent: { PATH_INFO: "/r/../..//etc" },
      script: "",
      path: "/r/../..//etc",
    },
    { what: "the asterisk of OPTIONS", sent: { PATH_INFO: "*" }, script: "", path: "*" },
    { what: "an absolute URL", sent: { PATH_INFO: "http://a.test/x/y" }, script: "", path: "/x/y" },
    {
      what: "an absolute URL, https, any case",
      sent: { PATH_INFO: "HTTPS://u@a.test:443/x" },
      script: "",
      path: "/x",
    },
    { what: "an absolute URL without a path", sent: { PATH_INFO: "http://a.test" }, script: "", path: "" },
    {
      what: "an absolute URL inside a path",
      sent: { PATH_INFO: "/http://a.test/x" },
      script: "",
      path: "/http://a.test/x",
    },
    {
      what: "something before the scheme",
      sent: { PATH_INFO: "xhttp://a.test/x" },
      script: "",
      path: "xhttp://a.test/x",
    },
    { what: "another scheme", sent: { PATH_INFO: "ftp://a.test/x" }, script: "", path: "ftp://a.test/x" },
  ])("$what", ({ sent, script, path }) => {
    expect(environ(sent)).toMatchObject({ SCRIPT_NAME: script, PATH_INFO: path });
  });

  test.each([
    { what: "the mount comes off", sent: ["/app", "/app/x"], result: ["/app", "/x"] },
    { what: "nothing is left", sent: ["/app", "/app"], result: ["/app", ""] },
    { what: "a slash is left", sent: ["/app", "/app/"], result: ["/app", "/"] },
    { what: "only at a boundary", sent: ["/app", "/application"], result: ["/app", "/application"] },
    { what: "only at the front", sent: ["/app", "/x/app/y"], result: ["/app", "/x/app/y"] },
    { what: "only once", sent: ["/app", "/app/app/x"], result: ["/app", "/app/x"] },
    { what: "it was off already", sent: ["/app", "/x"], result: ["/app", "/x"] },
    { what: "no mount", sent: ["", "/x"], result: ["", "/x"] },
    { what: "no mount, double slash", sent: ["", "//x"], result: ["", "//x"] },
    { what: "a mount with a slash", sent: ["/app/", "/app/x"], result: ["/app", "/x"] },
    { what: "a mount with a slash, nothing behind", sent: ["/app/", "/app/"], result: ["/app", "/"] },
    { what: "a mount at the root", sent: ["/", "/"], result: ["", "/"] },
    { what: "a mount at the root, double slash", sent: ["/", "//x"], result: ["", "//x"] },
    { what: "of an absolute URL", sent: ["/app", "http://a.test/app/x"], result: ["/app", "/x"] },
  ] satisfies { what: string; sent: string[]; result: string[] }[])(
    "with modifier1 30: $what",
    ({ sent: [SCRIPT_NAME = "", PATH_INFO = ""], result: [script, path] }) => {
      expect(environ({ SCRIPT_NAME, PATH_INFO }, 30)).toMatchObject({ SCRIPT_NAME: script, PATH_INFO: path });
    },
  );

  test.each([0, 5, 14, 29, 31])("with modifier1 %i the mount stays on the path", (modifier1) => {
    const sent = { SCRIPT_NAME: "/app", PATH_INFO: "/app/x" };
    expect(environ(sent, modifier1)).toMatchObject(sent);
  });
});

describe("SERVER_NAME", () => {
  test.each([
    { what: "as sent", sent: { SERVER_NAME: "a.test", HTTP_HOST: "b.test" }, name: "a.test" },
    { what: "from Host", sent: { HTTP_HOST: "b.test" }, name: "b.test" },
    { what: "from Host when empty", sent: { SERVER_NAME: "", HTTP_HOST: "b.test" }, name: "b.test" },
    { what: "from Host without its port", sent: { HTTP_HOST: "b.test:8080" }, name: "b.test" },
    { what: "from Host with an empty port", sent: { HTTP_HOST: "b.test:" }, name: "b.test" },
    { what: "from Host, IPv6", sent: { HTTP_HOST: "[::1]" }, name: "[::1]" },
    { what: "from Host, IPv6 with a port", sent: { HTTP_HOST: "[2001:db8::1]:80" }, name: "[2001:db8::1]" },
    { what: "of the socket", sent: { SERVER_ADDR: "192.0.2.9" }, name: "192.0.2.9" },
    {
      what: "of the socket when Host is a port",
      sent: { HTTP_HOST: ":80", SERVER_ADDR: "192.0.2.9" },
      name: "192.0.2.9",
    },
    { what: "at last localhost", sent: {}, name: "localhost" },
    { what: "at last localhost, all empty", sent: { HTTP_HOST: "", SERVER_ADDR: "" }, name: "localhost" },
  ])("$what: $name", ({ sent, name }) => {
    expect(environ(sent)["SERVER_NAME"]).toBe(name);
  });
});

describe("SERVER_PORT", () => {
  test.each([
    { what: "as sent", sent: { SERVER_PORT: "8080", HTTPS: "on" }, port: "8080" },
    { what: "missing", sent: {}, port: "80" },
    { what: "empty", sent: { SERVER_PORT: "" }, port: "80" },
    { what: "missing with HTTPS", sent: { HTTPS: "on" }, port: "443" },
    { what: "empty with HTTPS", sent: { SERVER_PORT: "", REQUEST_SCHEME: "https" }, port: "443" },
    { what: "missing with HTTPS off", sent: { HTTPS: "off", REQUEST_SCHEME: "https" }, port: "80" },
  ])("$what: $port", ({ sent, port }) => {
    expect(environ(sent)["SERVER_PORT"]).toBe(port);
  });
});

describe("SERVER_PROTOCOL", () => {
  test.each(["HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "HTTP/2", "HTTP/3", "INCLUDED/1.0"])(
    "%s is kept",
    (protocol) => {
      expect(environ({ SERVER_PROTOCOL: protocol })["SERVER_PROTOCOL"]).toBe(protocol);
    },
  );

  test.each([
    "",
    "HTTP",
    "http/1.1",
    "HTTP/1.1 ",
    "HTTP/11",
    "HTTP/1.",
    "HTTP/1.10",
    "xHTTP/1.1",
    "HTTP/1.1\n",
  ])("%o becomes HTTP/1.1", (protocol) => {
    expect(environ({ SERVER_PROTOCOL: protocol })["SERVER_PROTOCOL"]).toBe("HTTP/1.1");
  });

  test("is HTTP/1.1 when it is missing", () => {
    expect(environ({})["SERVER_PROTOCOL"]).toBe("HTTP/1.1");
  });
});

describe("the address of the client", () => {
  test.each([
    { what: "plain", addr: "203.0.113.7", port: undefined, result: ["203.0.113.7", undefined] },
    { what: "plain, with a port var", addr: "203.0.113.7", port: "99", result: ["203.0.113.7", "99"] },
    { what: "with its port", addr: "203.0.113.7:51234", port: undefined, result: ["203.0.113.7", "51234"] },
    {
      what: "with its port, port var empty",
      addr: "203.0.113.7:51234",
      port: "",
      result: ["203.0.113.7", "51234"],
    },
    {
      what: "with its port, and a port var, which wins",
      addr: "203.0.113.7:51234",
      port: "99",
      result: ["203.0.113.7", "99"],
    },
    { what: "IPv6", addr: "2001:db8::7", port: undefined, result: ["2001:db8::7", undefined] },
    { what: "IPv6 that ends in digits", addr: "::1:8080", port: undefined, result: ["::1:8080", undefined] },
    {
      what: "IPv6 with its port",
      addr: "[2001:db8::7]:51234",
      port: undefined,
      result: ["2001:db8::7", "51234"],
    },
    { what: "IPv6 in brackets without a port", addr: "[::1]", port: undefined, result: ["[::1]", undefined] },
    { what: "a name", addr: "unix:", port: undefined, result: ["unix:", undefined] },
    { what: "empty", addr: "", port: undefined, result: ["", undefined] },
    { what: "absent", addr: undefined, port: undefined, result: [undefined, undefined] },
  ] as const)("$what", ({ addr, port, result }) => {
    const sent: Record<string, string> = {};
    if (addr !== undefined) sent["REMOTE_ADDR"] = addr;
    if (port !== undefined) sent["REMOTE_PORT"] = port;
    const { REMOTE_ADDR, REMOTE_PORT } = environ(sent);
    expect([REMOTE_ADDR, REMOTE_PORT]).toEqual(result);
  });

  test.each([
    { sent: "20480", port: "80" },
    { sent: "13330", port: "4660" },
    { sent: "1", port: "256" },
    { sent: "65535", port: "65535" },
    { sent: "65534", port: "65279" },
    { sent: "0", port: "0" },
    { sent: "65536", port: "65536" },
    { sent: "80.5", port: "80.5" },
    { sent: "x", port: "x" },
    { sent: "", port: "" },
  ])("the port $sent of the uWSGI http router is $port, its bytes are swapped", ({ sent, port }) => {
    const result = environ({ UWSGI_ROUTER: "http", REMOTE_PORT: sent });
    expect(result["REMOTE_PORT"]).toBe(port);
  });

  test("a port that the router left out stays out", () => {
    expect(environ({ UWSGI_ROUTER: "http" })).not.toHaveProperty("REMOTE_PORT");
  });

  test.each([{}, { UWSGI_ROUTER: "fastrouter" }, { UWSGI_ROUTER: "" }])("no other peer swaps: %o", (sent) => {
    expect(environ({ ...sent, REMOTE_PORT: "20480" })["REMOTE_PORT"]).toBe("20480");
  });
});

function environ(sent: Record<string, string>, modifier1 = 0) {
  const vars: Vars = [["REQUEST_METHOD", "GET"], ...Object.entries(sent)];
  return environFromPacket({ modifier1, modifier2: 0, vars });
}
