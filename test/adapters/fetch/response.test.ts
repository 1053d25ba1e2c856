import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { nextTurn, valuesOf } from "../../gateway/run-gateway.ts";
import { kinds, restoreGlobalsAfterEach, runFetch, streamOf } from "./run.ts";

restoreGlobalsAfterEach();

type MakeResponse = () => unknown;

/** A response, and what must come out of it, for both kinds of Request alike. */
const cases: readonly {
  what: string;
  make: MakeResponse;
  status?: string;
  headers?: readonly (readonly [string, string])[];
  body?: string;
}[] = [
  {
    what: "text",
    make: () => new Response("hi"),
    headers: [["content-type", "text/plain;charset=UTF-8"]],
    body: "hi",
  },
  {
    what: "text that is not ASCII",
    make: () => new Response("\u00e9\ud83d\ude00\ud800"),
    headers: [["content-type", "text/plain;charset=UTF-8"]],
    body: "\u00c3\u00a9\u00f0\u009f\u0098\u0080\u00ef\u00bf\u00bd",
  },
  { what: "bytes", make: () => new Response(Uint8Array.of(0, 255, 13, 10)), body: "\0\u00ff\r\n" },
  { what: "part of a Buffer", make: () => new Response(Buffer.from("-part-").subarray(1, 5)), body: "part" },
  { what: "an ArrayBuffer", make: () => new Response(Uint8Array.of(97, 98).buffer), body: "ab" },
  {
    what: "a DataView",
    make: () => new Response(new DataView(Uint8Array.of(97, 98, 99).buffer, 1, 1)),
    body: "b",
  },
  {
    what: "a Blob",
    make: () => new Response(new Blob(["blob"], { type: "image/x" })),
    headers: [["content-type", "image/x"]],
    body: "blob",
  },
  {
    what: "form parameters",
    make: () => new Response(new URLSearchParams({ a: "1 2" })),
    headers: [["content-type", "application/x-www-form-urlencoded;charset=UTF-8"]],
    body: "a=1+2",
  },
  { what: "a stream", make: () => new Response(streamOf("one,", "two")), body: "one,two" },
  { what: "a stream of no block", make: () => new Response(streamOf()), body: "" },
  { what: "no body", make: () => new Response(), body: "" },
  { what: "null", make: () => new Response(null, { status: 201 }), status: "201 Created", body: "" },
  { what: "no bytes", make: () => new Response(new Uint8Array()), body: "" },
  {
    what: "no text",
    make: () => new Response(""),
    headers: [["content-type", "text/plain;charset=UTF-8"]],
    body: "",
  },
  {
    what: "JSON",
    make: () => Response.json({ a: 1 }, { status: 202 }),
    status: "202 Accepted",
    headers: [["content-type", "application/json"]],
    body: '{"a":1}',
  },
  {
    what: "JSON of another type",
    make: () => Response.json([1], { headers: { "Content-Type": "application/problem+json", "X-A": "1" } }),
    headers: [
      ["content-type", "application/problem+json"],
      ["x-a", "1"],
    ],
    body: "[1]",
  },
  {
    what: "a redirect",
    make: () => Response.redirect("http://a.test/b", 307),
    status: "307 Temporary Redirect",
    headers: [["location", "http://a.test/b"]],
    body: "",
  },
  {
    what: "a relative redirect",
    make: () => new Response(null, { status: 302, headers: { Location: "/b" } }),
    status: "302 Found",
    headers: [["location", "/b"]],
    body: "",
  },
  { what: "204", make: () => new Response(null, { status: 204 }), status: "204 No Content", body: "" },
  {
    what: "304",
    make: () => new Response(null, { status: 304, headers: { ETag: '"x"' } }),
    status: "304 Not Modified",
    headers: [["etag", '"x"']],
    body: "",
  },
  {
    what: "599",
    make: () => new Response(null, { status: 599, headers: [] }),
    status: "599 Unknown",
  },
  {
    what: "a reason of its own",
    make: () => new Response(null, { status: 404, statusText: "Gone Fishing" }),
    status: "404 Gone Fishing",
    body: "",
  },
  {
    what: "a reason that ends in blanks",
    make: () => new Response(null, { statusText: "\u00c3\u00a0 \t" }),
    status: "200 \u00c3\u00a0",
    body: "",
  },
  {
    what: "a blank reason",
    make: () => new Response(null, { status: 404, statusText: " " }),
    status: "404 Not Found",
  },
  {
    what: "header fields in order, cookies apart",
    make: () => {
      const headers = new Headers({ "X-B": "2", "x-a": "1" });
      headers.append("Set-Cookie", "a=1; Path=/");
      headers.append("X-B", "3");
      headers.append("Set-Cookie", "b=2, c");
      return new Response(null, { headers });
    },
    headers: [
      ["set-cookie", "a=1; Path=/"],
      ["set-cookie", "b=2, c"],
      ["x-a", "1"],
      ["x-b", "2, 3"],
    ],
  },
  {
    what: "header fields as pairs, a name twice",
    make: () =>
      new Response("x", {
        headers: [
          ["X-B", "1"],
          ["content-type", "text/x"],
          ["x-b", " 2 "],
          ["Set-Cookie", "a"],
          ["set-cookie", "b"],
        ],
      }),
    headers: [
      ["content-type", "text/x"],
      ["set-cookie", "a"],
      ["set-cookie", "b"],
      ["x-b", "1, 2"],
    ],
    body: "x",
  },
  {
    what: "header fields as an object, a name in two spellings",
    make: () => new Response(null, { headers: { "X-B": "1", "X-A": "\t\u00e9 ", "x-b": "2" } }),
    headers: [
      ["x-a", "\u00e9"],
      ["x-b", "1, 2"],
    ],
  },
  {
    what: "header fields as an object, a name in two spellings, nothing else unusual",
    make: () => new Response(null, { headers: { "X-B": "1", "x-b": "2" } }),
    headers: [["x-b", "1, 2"]],
  },
  {
    what: "header fields that were changed",
    make: () => {
      const response = new Response("x", { headers: { "X-A": "1", "X-B": "2" } });
      response.headers.set("x-a", "3");
      response.headers.delete("x-b");
      response.headers.delete("content-type");
      response.headers.append("Set-Cookie", "a");
      return response;
    },
    headers: [
      ["set-cookie", "a"],
      ["x-a", "3"],
    ],
    body: "x",
  },
  {
    what: "header fields that were changed behind the back of the Response",
    make: () => {
      const headers = new Headers({ "x-a": "1" });
      const init = { "x-a": "1" };
      const made = [new Response(null, { headers }), new Response(null, { headers: init })];
      headers.set("x-a", "late");
      init["x-a"] = "late";
      return new Response(null, {
        headers: made.map((one, index) => [`x-${index}`, one.headers.get("x-a") ?? ""]),
      });
    },
    headers: [
      ["x-0", "1"],
      ["x-1", "1"],
    ],
  },
  {
    what: "bytes that were changed after",
    make: () => {
      const bytes = Buffer.from("body");
      const response = new Response(bytes);
      bytes.fill("x");
      return response;
    },
    body: "body",
  },
  {
    what: "what belongs to the connection is left out",
    make: () =>
      new Response("x", {
        headers: {
          Connection: "keep-alive, X-Mine",
          "Keep-Alive": "timeout=5",
          "Proxy-Authenticate": "Basic",
          "Proxy-Authorization": "x",
          "Proxy-Connection": "close",
          TE: "trailers",
          Trailer: "X-T",
          "Transfer-Encoding": "chunked",
          Upgrade: "h2c",
          Status: "404 Not Found",
          "X-Mine": "1",
          "X-Other": "2",
          "Content-Type": "text/x",
        },
      }),
    headers: [
      ["content-type", "text/x"],
      ["x-other", "2"],
    ],
    body: "x",
  },
  {
    what: "a Response made from another",
    make: () => {
      const one = new Response("body", { status: 203, headers: { "X-A": "1", "Set-Cookie": "c" } });
      return new Response(one.body, one);
    },
    status: "203 Non-Authoritative Information",
    headers: [
      ["content-type", "text/plain;charset=UTF-8"],
      ["set-cookie", "c"],
      ["x-a", "1"],
    ],
    body: "body",
  },
  {
    what: "a clone, and one that was cloned",
    make: async () => {
      const one = new Response("body", { status: 203, headers: { "X-A": "1" } });
      one.headers.set("x-a", "2");
      const clone = one.clone();
      one.headers.set("x-a", "3");
      const [text, other] = [await clone.text(), clone.headers.get("x-a")];
      one.headers.set("x-clone", `${text} ${other} ${clone.status}`);
      return one;
    },
    status: "203 Non-Authoritative Information",
    headers: [
      ["content-type", "text/plain;charset=UTF-8"],
      ["x-a", "3"],
      ["x-clone", "body 2 203"],
    ],
    body: "body",
  },
  {
    what: "a Response of another implementation",
    make: () => ({ status: 203, headers: new Map([["x-a", "1"]]), body: streamOf("other") }),
    status: "203 Non-Authoritative Information",
    headers: [["x-a", "1"]],
    body: "other",
  },
  {
    what: "a Response of another implementation with a stream of Node",
    make: () => ({
      status: 200,
      statusText: "Fine",
      headers: new Headers(),
      body: Readable.from([Buffer.from("node")]),
    }),
    status: "200 Fine",
    body: "node",
  },
];

describe.each(kinds)("%s", (kind) => {
  test.each(cases)("$what", async ({ make, status = "200 OK", headers = [], body = "" }) => {
    const run = await runFetch(() => make(), { kind });
    expect(run.log.lines).toEqual([]);
    expect(run).toMatchObject({ status, body, outcome: "complete", ending: "complete" });
    expect(run.headers.filter(([name]) => name !== "Content-Length")).toEqual(headers);
    const length = valuesOf(run.headers, "Content-Length");
    if (length.length > 0) expect(length).toEqual([String(body.length)]);
  });

  test.each(cases)(
    "$what, as a promise and after a while",
    async ({ make, status = "200 OK", body = "" }) => {
      const late = async (): Promise<unknown> => {
        await nextTurn();
        return make();
      };
      expect(await runFetch(late, { kind })).toMatchObject({ status, body });
    },
  );

  test.each(cases)(
    "$what, asked for with HEAD: the same head, and no body",
    async ({ make, status = "200 OK", headers = [] }) => {
      const run = await runFetch(() => make(), { kind, vars: { REQUEST_METHOD: "HEAD" } });
      expect(run).toMatchObject({ status, body: "", outcome: "complete", ending: "complete" });
      expect(run.headers.filter(([name]) => name !== "Content-Length")).toEqual(headers);
      expect(run.sink.blocks).toEqual([]);
    },
  );

  test("no body: Content-Length 0, but not where it is not allowed", async () => {
    const lengthOf = async (status: number, method = "GET"): Promise<string[]> => {
      const run = await runFetch(() => new Response(null, { status }), {
        kind,
        vars: { REQUEST_METHOD: method },
      });
      return valuesOf(run.headers, "Content-Length");
    };
    expect(await Promise.all([200, 205, 302, 404].map((status) => lengthOf(status)))).toEqual(
      Array.from({ length: 4 }, () => ["0"]),
    );
    expect([await lengthOf(204), await lengthOf(304), await lengthOf(200, "HEAD")]).toEqual([[], [], []]);
  });

  test("a Content-Length of the handler is kept, and kept to", async () => {
    const headers = { "Content-Length": "3" };
    const fits = await runFetch(() => new Response("abc", { headers }), { kind });
    expect(fits).toMatchObject({ body: "abc", outcome: "complete" });
    expect(fits.headers).toContainEqual(["content-length", "3"]);
    const long = await runFetch(() => new Response("abcde", { headers }), { kind });
    expect(long).toMatchObject({ body: "abc", outcome: "complete" });
    const short = await runFetch(() => new Response(streamOf("ab"), { headers }), { kind });
    expect(short).toMatchObject({ body: "ab", outcome: "short-body", ending: "aborted" });
  });

  test("HEAD cancels the stream, which is not read", async () => {
    let pulls = 0;
    const cancelled: unknown[] = [];
    const body = new ReadableStream(
      {
        pull: () => {
          pulls += 1;
        },
        cancel: (reason) => void cancelled.push(reason),
      },
      { highWaterMark: 0 },
    );
    const run = await runFetch(() => new Response(body, { headers: { "Content-Length": "9" } }), {
      kind,
      vars: { REQUEST_METHOD: "HEAD" },
    });
    expect(run).toMatchObject({ status: "200 OK", body: "" });
    expect(run.headers).toEqual([["content-length", "9"]]);
    expect({ pulls, cancelled }).toEqual({ pulls: 0, cancelled: [undefined] });
  });

  test("HEAD, and a stream that does not let itself be cancelled", async () => {
    const cancel = (): Promise<void> => Promise.reject(new Error("no"));
    const run = await runFetch(() => new Response(new ReadableStream({ cancel })), {
      kind,
      vars: { REQUEST_METHOD: "HEAD" },
    });
    expect(run).toMatchObject({ status: "200 OK", outcome: "complete" });
    await nextTurn();
  });

  test("HEAD and 204 destroy a stream of Node", async () => {
    for (const [method, status] of [
      ["HEAD", 200],
      ["GET", 204],
    ] as const) {
      const body = new Readable({ read: () => undefined });
      const run = await runFetch(() => ({ status, headers: new Headers(), body }), {
        kind,
        vars: { REQUEST_METHOD: method },
      });
      expect(run).toMatchObject({ body: "", outcome: "complete" });
      expect(body.destroyed).toBe(true);
    }
  });
});
