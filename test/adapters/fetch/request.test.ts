import { describe, expect, test } from "vitest";
import { bytes, prepareRequest } from "../../gateway/run-gateway.ts";
import { kinds, restoreGlobalsAfterEach, runFetch, seenBy } from "./run.ts";

restoreGlobalsAfterEach();

describe.each(kinds)("%s: method", (kind) => {
  test.each(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "x-Custom!"])(
    "%s is passed on",
    async (method) => {
      expect(await seenBy((request) => request.method, { kind, vars: { REQUEST_METHOD: method } })).toBe(
        method,
      );
    },
  );

  test.each(["get", "Head", "post", "puT", "delete", "options"])("%s has its usual form", async (method) => {
    const vars = { REQUEST_METHOD: method };
    expect(await seenBy((request) => request.method, { kind, vars })).toBe(method.toUpperCase());
  });

  test.each(["TRACE", "TRACK", "CONNECT", "trace"])(
    "%s is answered 501 without asking the handler",
    async (method) => {
      let calls = 0;
      const handler = () => {
        calls += 1;
        return new Response("x");
      };
      const run = await runFetch(handler, { kind, vars: { REQUEST_METHOD: method } });
      expect(run).toMatchObject({ status: "501 Not Implemented", body: "Not Implemented\n" });
      expect(run.log.codes).toEqual(["UWB_ERR_REQUEST_METHOD"]);
      expect(calls).toBe(0);
    },
  );
});

describe.each(kinds)("%s: header fields", (kind) => {
  test("all of them are there, and nothing else", async () => {
    const vars = {
      CONTENT_TYPE: "text/plain",
      HTTP_ACCEPT: "*/*",
      HTTP_X_A_B: "1",
      HTTP_EMPTY: "",
      REMOTE_ADDR: "192.0.2.1",
      HTTPS: "on",
      HTTPX: "no header",
    };
    const seen = await seenBy((request) => [...request.headers], {
      kind,
      vars: { REQUEST_METHOD: "POST", ...vars },
      body: "abc",
    });
    expect(seen).toEqual([
      ["accept", "*/*"],
      ["content-length", "3"],
      ["content-type", "text/plain"],
      ["empty", ""],
      ["host", "example.test"],
      ["x-a-b", "1"],
    ]);
  });

  test("an empty CONTENT_TYPE or CONTENT_LENGTH is none", async () => {
    const vars = { CONTENT_TYPE: "", CONTENT_LENGTH: "" };
    expect(await seenBy((request) => [...request.headers.keys()], { kind, vars })).toEqual(["host"]);
  });

  test("two vars of one name are both kept, in the order of the packet", async () => {
    const vars = { "HTTP_X-A": "1", HTTP_X_A: "2" };
    expect(await seenBy((request) => request.headers.get("X-A"), { kind, vars })).toBe("1, 2");
  });

  test("bytes above 127 stay bytes, one per character", async () => {
    const vars = { HTTP_X_NAME: "caf\u00c3\u00a9\u00ff" };
    expect(await seenBy((request) => request.headers.get("x-name"), { kind, vars })).toBe(
      "caf\u00c3\u00a9\u00ff",
    );
  });

  test("the same object each time, which the handler may change", async () => {
    const seen = await seenBy(
      (request) => {
        request.headers.set("x-a", "2");
        request.headers.delete("host");
        const { headers } = request;
        return { same: headers === request.headers, entries: [...headers] };
      },
      { kind, vars: { HTTP_X_A: "1" } },
    );
    expect(seen).toEqual({ same: true, entries: [["x-a", "2"]] });
  });

  test("what middleware put into the environ counts, and what is no text does not", async () => {
    const { environ } = prepareRequest();
    expect(environ["HTTP_X_LATER"]).toBeUndefined();
    const seen = await seenBy((request) => [...request.headers.keys()], {
      kind,
      vars: { HTTP_X_LATER: "1" },
    });
    expect(seen).toEqual(["host", "x-later"]);
  });

  test.each([
    ["NUL", { HTTP_X: "a\0b" }],
    ["CR", { HTTP_X: "a\rb" }],
    ["LF", { HTTP_X: "a\nb" }],
    ["CR LF at the end", { HTTP_X: "a\r\n" }],
    ["LF in the content type", { CONTENT_TYPE: "text/plain\nx: y" }],
    ["LF in a cookie", { HTTP_COOKIE: "a=1\nb=2" }],
    ["a name that is no token", { "HTTP_X:Y": "1" }],
    ["an empty name", { HTTP_: "1" }],
  ])("%s is answered 400 without asking the handler, each time", async (_what, vars) => {
    for (let round = 0; round < 2; round += 1) {
      let calls = 0;
      const handler = () => {
        calls += 1;
        return new Response("x");
      };
      const run = await runFetch(handler, { kind, vars });
      expect(run).toMatchObject({ status: "400 Bad Request", outcome: "app-error" });
      expect(run.log.codes).toEqual(["UWB_ERR_REQUEST_INVALID"]);
      expect(JSON.stringify(run.log.lines)).not.toContain("a=1");
      expect(calls).toBe(0);
    }
  });

  test("more names than are remembered are all passed on", async () => {
    const names = Array.from({ length: 1200 }, (_, index) => `X_MANY_${index}`);
    const vars = Object.fromEntries(names.map((name) => [`HTTP_${name}`, "1"]));
    for (let round = 0; round < 2; round += 1) {
      const seen = await seenBy((request) => [...request.headers.keys()], { kind, vars });
      expect(seen).toHaveLength(names.length + 1);
      expect(seen).toContain("x-many-1199");
    }
  });
});

describe.each(kinds)("%s: the rest of a Request", (kind) => {
  test("the defaults of the standard", async () => {
    const seen = await seenBy(
      ({
        cache,
        credentials,
        destination,
        integrity,
        keepalive,
        mode,
        redirect,
        referrer,
        referrerPolicy,
      }) => ({
        ...{
          cache,
          credentials,
          destination,
          integrity,
          keepalive,
          mode,
          redirect,
          referrer,
          referrerPolicy,
        },
      }),
      { kind },
    );
    const {
      cache,
      credentials,
      destination,
      integrity,
      keepalive,
      mode,
      redirect,
      referrer,
      referrerPolicy,
    } = new Request("http://a.test");
    expect(seen).toEqual({
      ...{ cache, credentials, destination, integrity, keepalive, mode, redirect, referrer, referrerPolicy },
    });
  });

  test("it is a Request, and says so", async () => {
    const seen = await seenBy(
      (request) => [
        request instanceof Request,
        Object.prototype.toString.call(request),
        request.constructor === Request,
        Object.keys(request),
      ],
      { kind },
    );
    expect(seen).toEqual([true, "[object Request]", true, ["waitUntil", "ip"]]);
  });

  test("a new Request from it has what it has, and what the handler changed", async () => {
    const seen = await seenBy(
      async (request) => {
        request.headers.set("x-b", "2");
        const copy = new Request(request, {});
        return [copy.method, copy.url, [...copy.headers], await copy.text(), request.bodyUsed];
      },
      { kind, vars: { REQUEST_METHOD: "PUT", REQUEST_URI: "/x?y", HTTP_X_A: "1" }, body: "body" },
    );
    const headers = [
      ["content-length", "4"],
      ["host", "example.test"],
      ["x-a", "1"],
      ["x-b", "2"],
    ];
    expect(seen).toEqual(["PUT", "http://example.test/x?y", headers, "body", true]);
  });

  test("a new Request with it as the options has what it has", async () => {
    const seen = await seenBy(
      async (request) => {
        const copy = new Request("http://other.test/", request);
        return [copy.method, copy.url, copy.headers.get("x-a"), await copy.text()];
      },
      { kind, vars: { REQUEST_METHOD: "POST", HTTP_X_A: "1" }, body: "body" },
    );
    expect(seen).toEqual(["POST", "http://other.test/", "1", "body"]);
  });

  test("each request has its own", async () => {
    const one = await seenBy((request) => request, { kind, vars: { HTTP_X_A: "1" } });
    const other = await seenBy((request) => request, { kind, vars: { HTTP_X_A: "2", REQUEST_URI: "/2" } });
    expect([one.headers.get("x-a"), one.url]).toEqual(["1", "http://example.test/"]);
    expect([other.headers.get("x-a"), other.url]).toEqual(["2", "http://example.test/2"]);
    expect(bytes("x")).toHaveLength(1);
  });
});
