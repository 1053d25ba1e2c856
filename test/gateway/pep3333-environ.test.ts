import { describe, expect, test } from "vitest";
import { createEnviron } from "../../src/gateway/create-environ.ts";
import { environFromPacket, requestBodyLength } from "../../src/gateway/environ.ts";
import { plainVars, prepareRequest } from "./run-gateway.ts";

describe("REQUEST_METHOD is always there and never empty (PEP 3333, environ Variables)", () => {
  test("it is passed on as it came", () => {
    expect(cgi({ REQUEST_METHOD: "PROPFIND" }).REQUEST_METHOD).toBe("PROPFIND");
  });

  test.each([
    { what: "a missing one", vars: without("REQUEST_METHOD") },
    { what: "an empty one", vars: { ...plainVars, REQUEST_METHOD: "" } },
    { what: "one that is no method", vars: { ...plainVars, REQUEST_METHOD: "GET /" } },
  ])("$what is answered with 400", ({ vars }) => {
    expect(() => environFromPacket(packet(vars))).toThrow(
      expect.objectContaining({ code: "UWB_ERR_REQUEST_METHOD", statusHint: 400 }),
    );
  });
});

test.each(["SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"])(
  "%s may be empty, and is empty when the peer left it out (PEP 3333, environ Variables)",
  (name) => {
    expect(cgi({ [name]: "" })).toMatchObject({ [name]: "" });
    expect(environFromPacket(packet(without(name)))).toMatchObject({ [name]: "" });
  },
);

test("SCRIPT_NAME, PATH_INFO and QUERY_STRING are passed on as they came (PEP 3333, environ Variables)", () => {
  const vars = { SCRIPT_NAME: "/app", PATH_INFO: "/a b/%41/../\u00c3\u00a9", QUERY_STRING: "q=%20&&x=?" };
  expect(cgi(vars)).toMatchObject(vars);
});

test.each(["CONTENT_TYPE", "CONTENT_LENGTH"])(
  "%s may be absent or empty, and is passed on either way (PEP 3333, environ Variables)",
  (name) => {
    expect(Object.hasOwn(cgi({}), name)).toBe(false);
    expect(cgi({ [name]: "" })).toHaveProperty(name, "");
    expect(cgi({ [name]: "17" })).toHaveProperty(name, "17");
  },
);

describe("CONTENT_LENGTH says how long the body is (PEP 3333, environ Variables)", () => {
  test.each([
    { text: undefined, length: 0 },
    { text: "", length: 0 },
    { text: "0", length: 0 },
    { text: "17", length: 17 },
    { text: "999999999999999", length: 999_999_999_999_999 },
  ])("$text means $length bytes", ({ text, length }) => {
    expect(requestBodyLength(cgi(text === undefined ? {} : { CONTENT_LENGTH: text }))).toBe(length);
  });

  test.each(["abc", "-5", "3x", "+3", "0x10", "1e3", " 3", "3 ", "1.0", "1000000000000000"])(
    "%o is answered with 400",
    (text) => {
      expect(() => requestBodyLength(cgi({ CONTENT_LENGTH: text }))).toThrow(
        expect.objectContaining({ code: "UWB_ERR_CONTENT_LENGTH", statusHint: 400 }),
      );
    },
  );
});

test("a chunked request body reaches the application decoded: the coding is no header of its (PEP 3333, Other HTTP Features)", () => {
  const environ = cgi({ HTTP_TRANSFER_ENCODING: "Chunked" });
  expect(requestBodyLength(environ)).toBe("chunked");
  expect(environ).not.toHaveProperty("HTTP_TRANSFER_ENCODING");
});

describe("SERVER_NAME and SERVER_PORT are never missing and never empty (PEP 3333, environ Variables)", () => {
  test("they are passed on as they came", () => {
    const vars = { SERVER_NAME: "other.test", SERVER_PORT: "8080", HTTPS: "on" };
    expect(cgi(vars)).toMatchObject(vars);
  });

  test.each(["SERVER_NAME", "SERVER_PORT"])("%s when the peer leaves it out or empty", (name) => {
    expect(environFromPacket(packet(without(name)))[name]).toMatch(/./);
    expect(cgi({ [name]: "" })[name]).toMatch(/./);
  });
});

test("SERVER_PROTOCOL is the protocol of the client (PEP 3333, environ Variables)", () => {
  for (const protocol of ["HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "HTTP/3"]) {
    expect(cgi({ SERVER_PROTOCOL: protocol }).SERVER_PROTOCOL).toBe(protocol);
  }
});

test("an HTTP_ variable is there exactly when the client sent the header (PEP 3333, environ Variables)", () => {
  const environ = cgi({ HTTP_X_EMPTY: "", HTTP_ACCEPT: "*/*" });
  expect(Object.keys(environ).filter((key) => key.startsWith("HTTP_"))).toEqual([
    "HTTP_HOST",
    "HTTP_X_EMPTY",
    "HTTP_ACCEPT",
  ]);
  expect(environ["HTTP_X_EMPTY"]).toBe("");
});

test("Content-Type and Content-Length have no HTTP_ variable (PEP 3333, environ Variables)", () => {
  const environ = cgi({ HTTP_CONTENT_TYPE: "x/y", HTTP_CONTENT_LENGTH: "3", HTTP_CONTENT_LANGUAGE: "de" });
  expect(environ).not.toHaveProperty("HTTP_CONTENT_TYPE");
  expect(environ).not.toHaveProperty("HTTP_CONTENT_LENGTH");
  expect(environ).toHaveProperty("HTTP_CONTENT_LANGUAGE", "de");
});

test("further CGI and SSL variables are passed on (PEP 3333, environ Variables)", () => {
  const vars = {
    REMOTE_ADDR: "203.0.113.7",
    REMOTE_USER: "ada",
    AUTH_TYPE: "Basic",
    DOCUMENT_ROOT: "/srv/www",
    SSL_PROTOCOL: "TLSv1.3",
    SSL_CLIENT_S_DN: "CN=ada",
    GATEWAY_INTERFACE: "CGI/1.1",
    anything: "else",
  };
  expect(cgi(vars)).toMatchObject(vars);
});

test("a variable without a value is left out, and every CGI value is a string (PEP 3333, environ Variables)", () => {
  const { environ } = prepareRequest({ vars: { REMOTE_ADDR: "192.0.2.1:80", HTTPS: "on" }, body: "abc" });
  const values = Object.entries(environ).filter(([key]) => !key.includes("."));
  expect(values.filter(([, value]) => typeof value !== "string")).toEqual([]);
  expect(values.length).toBeGreaterThanOrEqual(Object.keys(plainVars).length);
});

test("wsgi.version is the pair 1, 0, and the application can not change it for others (PEP 3333, environ Variables)", () => {
  const version = prepareRequest().environ["wsgi.version"];
  expect(version).toEqual([1, 0]);
  expect(Object.isFrozen(version)).toBe(true);
});

test.each([
  { vars: {}, scheme: "http" },
  { vars: { HTTPS: "on" }, scheme: "https" },
  { vars: { REQUEST_SCHEME: "https" }, scheme: "https" },
])("wsgi.url_scheme is $scheme with $vars (PEP 3333, environ Variables)", ({ vars, scheme }) => {
  expect(prepareRequest({ vars }).environ["wsgi.url_scheme"]).toBe(scheme);
});

test("wsgi.multithread is false: two requests never run at the same time in one process (PEP 3333, environ Variables)", () => {
  for (const concurrent of [true, false]) {
    expect(withServer({ concurrent })).toMatchObject({
      "wsgi.multithread": false,
      "uwsgi_bridge.concurrent": concurrent,
    });
  }
});

test.each([true, false])(
  "wsgi.multiprocess says whether other processes run the application: %s (PEP 3333, environ Variables)",
  (multiprocess) => {
    expect(withServer({ multiprocess })["wsgi.multiprocess"]).toBe(multiprocess);
  },
);

test("wsgi.run_once is false: the application stays (PEP 3333, environ Variables)", () => {
  expect(prepareRequest().environ["wsgi.run_once"]).toBe(false);
});

test("server-defined names are lower case with dots and underscores, under a prefix of their own (PEP 3333, environ Variables)", () => {
  const { environ } = prepareRequest();
  const own = Object.keys(environ).filter((key) => key.includes(".") && !key.startsWith("wsgi."));
  expect(own.length).toBeGreaterThan(0);
  for (const key of own) expect(key).toMatch(/^uwsgi_bridge\.[a-z0-9_.]+$/);
});

test("a peer can not set what only the server sets (PEP 3333, environ Variables)", () => {
  const vars = { "wsgi.url_scheme": "gopher", "wsgi.run_once": "yes", "uwsgi_bridge.worker": "99" };
  expect(prepareRequest({ vars }).environ).toMatchObject({
    "wsgi.url_scheme": "http",
    "wsgi.run_once": false,
    "uwsgi_bridge.worker": 1,
  });
});

test("Expect: 100-continue is left to the front: the application sees the header and nothing else (PEP 3333, HTTP 1.1 Expect/Continue)", () => {
  const { environ } = prepareRequest({ vars: { HTTP_EXPECT: "100-continue" }, body: "abc" });
  expect(environ["HTTP_EXPECT"]).toBe("100-continue");
  expect(environ["wsgi.input"].remaining).toBe(3);
});

function cgi(vars: Record<string, string>) {
  return environFromPacket(packet({ ...plainVars, ...vars }));
}

function packet(vars: Record<string, string>) {
  return { modifier1: 0, modifier2: 0, vars: Object.entries(vars) };
}

function without(name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(plainVars).filter(([key]) => key !== name));
}

function withServer(facts: { multiprocess?: boolean; concurrent?: boolean }) {
  const { environ } = prepareRequest();
  return createEnviron(cgi({}), packet(plainVars), {
    server: { version: "1.2.3", worker: 1, multiprocess: false, concurrent: false, state: {}, ...facts },
    parts: {
      input: environ["wsgi.input"],
      errors: environ["wsgi.errors"],
      signalOwner: new AbortController(),
    },
  });
}
