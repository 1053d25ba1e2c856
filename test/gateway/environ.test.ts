import { describe, expect, test } from "vitest";
import { decodeVars, encodeVars, type Vars } from "../../src/codec/vars.ts";
import { environFromPacket, requestBodyLength, urlScheme } from "../../src/gateway/environ.ts";

describe("a var that comes several times", () => {
  test.each([
    { rule: "a header is joined", name: "HTTP_ACCEPT", values: ["a", "b", "c"], result: "a, b, c" },
    { rule: "an empty one keeps its place", name: "HTTP_X_A", values: ["", "b", ""], result: ", b, " },
    { rule: "cookies", name: "HTTP_COOKIE", values: ["a=1", "b=2", "c=3"], result: "a=1; b=2; c=3" },
    {
      rule: "a name that only begins like a singleton's",
      name: "HTTP_HOSTS",
      values: ["a", "b"],
      result: "a, b",
    },
    { rule: "and one that only ends like it", name: "HTTP_X_HOST", values: ["a", "b"], result: "a, b" },
    { rule: "and one that only begins like If-", name: "HTTP_IFX", values: ["a", "b"], result: "a, b" },
    { rule: "Forwarded is a list", name: "HTTP_X_FORWARDED_FOR", values: ["a", "b"], result: "a, b" },
  ])("$rule: $name", ({ name, values, result }) => {
    expect(environ(values.map((value) => [name, value]))[name]).toBe(result);
  });

  test.each([
    "HTTP_HOST",
    "HTTP_AUTHORIZATION",
    "HTTP_USER_AGENT",
    "HTTP_REFERER",
    "HTTP_IF_MATCH",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_IF_RANGE",
    "HTTP_MAX_FORWARDS",
    "HTTP_PROXY_AUTHORIZATION",
    "REMOTE_USER",
    "REMOTE_ADDR",
    "PATH_INFO",
    "QUERY_STRING",
    "CONTENT_TYPE",
    "COOKIE",
    "http_accept",
    "X_HTTP_ACCEPT",
  ])("of %s the last one counts", (name) => {
    const pairs: Vars = [
      [name, "/first"],
      [name, "/second"],
      [name, "/last"],
    ];
    expect(environ(pairs)[name]).toBe("/last");
  });

  test("REQUEST_METHOD: the last one counts, and it is the one that is checked", () => {
    expect(environ([["REQUEST_METHOD", "PUT"]]).REQUEST_METHOD).toBe("PUT");
    expect(() => environ([["REQUEST_METHOD", ""]])).toThrow(refusal("UWB_ERR_REQUEST_METHOD"));
  });

  test("CONTENT_LENGTH: two equal ones are one", () => {
    const vars: Vars = [
      ["CONTENT_LENGTH", "3"],
      ["CONTENT_LENGTH", "3"],
    ];
    expect(environ(vars)["CONTENT_LENGTH"]).toBe("3");
  });

  test("CONTENT_LENGTH: two different ones are answered with 400", () => {
    const vars: Vars = [
      ["CONTENT_LENGTH", "3"],
      ["CONTENT_LENGTH", "4"],
    ];
    expect(() => environ(vars)).toThrow(refusal("UWB_ERR_CONTENT_LENGTH"));
  });
});

describe("names", () => {
  test.each([
    "HTTP_CONTENT_TYPE",
    "HTTP_CONTENT_LENGTH",
    "wsgi.input",
    "wsgi.anything",
    "uwsgi_bridge.signal",
    "uwsgi_bridge.",
    "HTTP_X\r\nY",
    "HTTP_\0",
    "A\tB",
    "A\u001f",
    "A\u007f",
  ])("%o is dropped", (name) => {
    expect(Object.keys(environ([[name, "v"]]))).toEqual(Object.keys(environ([])));
  });

  test.each([
    "A B",
    "A=B",
    "~",
    "!",
    "\u0080",
    "\u00ff",
    "wsgi",
    "wsgi_input",
    "uwsgi.version",
    "xwsgi.input",
    "uwsgi_bridge",
    "my.wsgi.input",
    "HTTP_CONTENT_TYPES",
    "HTTP_X.DOT",
    "toString",
    "constructor",
    "hasOwnProperty",
    "__proto__",
  ])("%o is kept", (name) => {
    const result = environ([[name, "v"]]);
    expect(Object.keys(result)).toContain(name);
    expect(result[name]).toBe("v");
  });

  test("__proto__ is a var like any other, twice too, and gives the environ no prototype", () => {
    const result = environ([
      ["__proto__", "a"],
      ["__proto__", "b"],
    ]);
    expect(Object.getPrototypeOf(result)).toBeNull();
    expect(Object.entries(result)).toContainEqual(["__proto__", "b"]);
  });

  test("are judged alike each time they come", () => {
    for (const _time of [1, 2, 3]) {
      const result = environ([
        ["wsgi.again", "v"],
        ["HTTP_AGAIN", "v"],
      ]);
      expect(Object.keys(result).filter((name) => name.toLowerCase().endsWith("again"))).toEqual([
        "HTTP_AGAIN",
      ]);
    }
  });

  test("are judged alike however many different ones a peer has sent", () => {
    const many: Vars = Array.from({ length: 3000 }, (_, index) => [`X_${index}`, String(index)]);
    for (const round of ["first", "second"]) {
      const result = environ([
        ...many,
        [`wsgi.${round}`, "v"],
        [`HTTP_\n${round}`, "v"],
        ["HTTP_LATE", round],
      ]);
      expect(result["X_2999"]).toBe("2999");
      expect(result["HTTP_LATE"]).toBe(round);
      expect(Object.keys(result).filter((name) => name.endsWith(round))).toEqual([]);
    }
    const again = environ([
      ["wsgi.first", "v"],
      ["X_0", "v"],
    ]);
    expect(again).not.toHaveProperty(["wsgi.first"]);
    expect(again["X_0"]).toBe("v");
  });
});

describe("values", () => {
  test("an empty one is kept", () => {
    expect(environ([["HTTP_X_E", ""]])["HTTP_X_E"]).toBe("");
  });

  test("bytes above 0x7f stay one character each, from the wire to the environ", () => {
    const value = "\u00c3\u00a9\u00ff\u0080";
    const vars = decodeVars(encodeVars([...minimal, ["HTTP_X_B", value]]));
    expect(environFromPacket({ modifier1: 0, modifier2: 0, vars })["HTTP_X_B"]).toBe(value);
  });

  test("any byte may occur in one: it is not the gateway's to judge", () => {
    expect(environ([["HTTP_X_FOLDED", "a\r\n b\0"]])["HTTP_X_FOLDED"]).toBe("a\r\n b\0");
  });

  test("a value of 60 000 bytes is intact, and so are 1000 vars", () => {
    const many: Vars = Array.from({ length: 1000 }, (_, index) => [`HTTP_X_${index}`, String(index)]);
    const result = environ([["HTTP_X_PAD", "x".repeat(60_000)], ...many]);
    expect(result["HTTP_X_PAD"]).toHaveLength(60_000);
    expect(result["HTTP_X_999"]).toBe("999");
  });
});

test("the magic UWSGI_ vars of uWSGI do nothing but be there", () => {
  const magic: Vars = [
    ["UWSGI_SCHEME", "https"],
    ["UWSGI_FILE", "/etc/passwd"],
    ["UWSGI_SCRIPT", "/other"],
    ["UWSGI_MODULE", "os"],
    ["UWSGI_CALLABLE", "system"],
    ["UWSGI_APPID", "/other"],
    ["UWSGI_CHDIR", "/"],
    ["UWSGI_SETENV", "A=B"],
    ["UWSGI_POSTFILE", "/tmp/x"],
  ];
  const result = environ(magic);
  expect(result).toEqual(Object.assign(environ([]), Object.fromEntries(magic)));
  expect(urlScheme(result)).toBe("http");
});

describe("the scheme of the URL", () => {
  test.each([
    { https: undefined, requestScheme: undefined, scheme: "http" },
    { https: "on", requestScheme: undefined, scheme: "https" },
    { https: "ON", requestScheme: undefined, scheme: "https" },
    { https: "1", requestScheme: undefined, scheme: "https" },
    { https: "true", requestScheme: undefined, scheme: "https" },
    { https: "yes", requestScheme: undefined, scheme: "https" },
    { https: "off", requestScheme: undefined, scheme: "http" },
    { https: "0", requestScheme: undefined, scheme: "http" },
    { https: "only", requestScheme: undefined, scheme: "http" },
    { https: "off", requestScheme: "https", scheme: "http" },
    { https: "on", requestScheme: "http", scheme: "https" },
    { https: "", requestScheme: undefined, scheme: "http" },
    { https: "", requestScheme: "https", scheme: "https" },
    { https: undefined, requestScheme: "https", scheme: "https" },
    { https: undefined, requestScheme: "http", scheme: "http" },
    { https: undefined, requestScheme: "gopher", scheme: "http" },
  ])("HTTPS $https, REQUEST_SCHEME $requestScheme: $scheme", ({ https, requestScheme, scheme }) => {
    const vars: [string, string][] = [];
    if (https !== undefined) vars.push(["HTTPS", https]);
    if (requestScheme !== undefined) vars.push(["REQUEST_SCHEME", requestScheme]);
    expect(urlScheme(environ(vars))).toBe(scheme);
  });

  test("X-Forwarded-Proto does not count: any client can send it", () => {
    expect(urlScheme(environ([["HTTP_X_FORWARDED_PROTO", "https"]]))).toBe("http");
  });
});

describe("the length of the body", () => {
  const chunked: Vars = [["HTTP_TRANSFER_ENCODING", "chunked"]];

  test.each([
    { what: "no length, no coding", vars: [], length: 0 },
    { what: "chunked, no length", vars: chunked, length: "chunked" },
    { what: "chunked, empty length", vars: [...chunked, ["CONTENT_LENGTH", ""]], length: "chunked" },
    {
      what: "a length wins, the body is no longer chunked",
      vars: [...chunked, ["CONTENT_LENGTH", "3"]],
      length: 3,
    },
    { what: "a length of 0 wins too", vars: [...chunked, ["CONTENT_LENGTH", "0"]], length: 0 },
    { what: "several codings", vars: [["HTTP_TRANSFER_ENCODING", "gzip, Chunked"]], length: "chunked" },
    { what: "another coding", vars: [["HTTP_TRANSFER_ENCODING", "gzip"]], length: 0 },
  ] satisfies { what: string; vars: Vars; length: number | "chunked" }[])(
    "$what: $length",
    ({ vars, length }) => {
      const result = environ(vars);
      expect(requestBodyLength(result)).toBe(length);
      expect(result).not.toHaveProperty("HTTP_TRANSFER_ENCODING");
    },
  );

  test("a bad length is refused beside a coding too", () => {
    const result = environ([...chunked, ["CONTENT_LENGTH", "3, 3"]]);
    expect(() => requestBodyLength(result)).toThrow(refusal("UWB_ERR_CONTENT_LENGTH"));
  });
});

describe("the method", () => {
  test.each(["GET", "get", "M-SEARCH", "X!#$%&'*+-.^_`|~9"])("%o is one", (method) => {
    expect(environ([["REQUEST_METHOD", method]]).REQUEST_METHOD).toBe(method);
  });

  test.each(["", " ", "GET ", "GET\n", "G(T", "G\u00e9T", "A,B", "A/B", 'A"'])("%o is none", (method) => {
    expect(() => environ([["REQUEST_METHOD", method]])).toThrow(refusal("UWB_ERR_REQUEST_METHOD"));
  });
});

const minimal: Vars = [["REQUEST_METHOD", "GET"]];

function environ(vars: Vars) {
  return environFromPacket({ modifier1: 0, modifier2: 0, vars: [...minimal, ...vars] });
}

function refusal(code: string): unknown {
  return expect.objectContaining({ name: "ProtocolError", code, statusHint: 400 });
}
