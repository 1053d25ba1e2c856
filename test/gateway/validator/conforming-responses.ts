import { Readable } from "node:stream";
import { type AnyApp, bytes, nextTurn } from "../run-gateway.ts";
import { answer, boom, type ConformingApp, html, octets, starting } from "./conforming.ts";
import { textHeaders } from "./lab.ts";

/** Ways to answer. */
const answers: readonly ConformingApp[] = [
  { what: "an array", app: answer(() => [bytes("hello")]) },
  { what: "an array of several blocks", app: answer(() => [bytes("a"), bytes(""), bytes("bc")]) },
  { what: "an empty array", app: answer(() => []) },
  { what: "a frozen array", app: answer(() => Object.freeze([bytes("hello")])) },
  {
    what: "an array of large blocks",
    app: answer(() => [bytes("x".repeat(20_000)), bytes("y".repeat(20_000))]),
  },
  { what: "an array of few single bytes", app: answer(() => [..."fifteen letters"].map(bytes)) },
  {
    what: "an array of many blocks",
    app: answer(() => [..."sixteen letters."].map((one) => bytes(one + one))),
  },
  { what: "an array with one longer block", app: answer(() => [..."sixteen letters", "ab"].map(bytes)) },
  { what: "a plain Uint8Array as block", app: answer(() => [new Uint8Array([104, 105])]) },
  { what: "a Set", app: answer(() => new Set([bytes("a"), bytes("b")])) },
  { what: "an iterator without return()", app: answer(() => ({ [Symbol.iterator]: () => counter(3) })) },
  { what: "a stream of Node", app: answer(() => Readable.from([bytes("a"), bytes("b")])) },
  { what: "a stream of the web", app: answer(() => ReadableStream.from([bytes("a"), bytes("b")])) },
  { what: "the body of a Response", app: answer(() => new Response("hello").body) },
  { what: "the stream of a Blob", app: answer(() => new Blob(["hello"]).stream()) },
  {
    what: "a generator",
    *app(_environ, startResponse) {
      startResponse("200 OK", html);
      yield bytes("<p>");
      yield bytes("");
      yield bytes("</p>");
    },
  },
  {
    what: "a generator that begins with nothing",
    *app(_environ, startResponse) {
      yield bytes("");
      startResponse("200 OK", html);
      yield bytes("late");
    },
  },
  {
    what: "an async generator",
    async *app(_environ, startResponse) {
      startResponse("200 OK", html);
      yield bytes("a");
      await nextTurn();
      yield bytes("b");
    },
  },
  {
    what: "a promise of an array",
    async app(_environ, startResponse) {
      await nextTurn();
      startResponse("200 OK", html);
      return [bytes("later")];
    },
  },
  {
    what: "a promise of a generator",
    app: async (_environ, startResponse) => {
      await nextTurn();
      return (function* () {
        startResponse("200 OK", html);
        yield bytes("later");
      })();
    },
  },
  {
    what: "a promise that is none of the language's",
    app: (_environ, startResponse) => {
      startResponse("200 OK", html);
      // biome-ignore lint/suspicious/noThenProperty: that is what is tested
      return { then: (resolve: (body: unknown) => void) => resolve([bytes("later")]) };
    },
  },
  { what: "write() and nothing else", app: writing(["solo"], () => []) },
  { what: "write() twice, and an array", app: writing(["one ", "two "], () => [bytes("three")]) },
  { what: "write(), and a generator", app: writing(["one "], () => new Set([bytes("two")])) },
  { what: "write() of nothing", app: writing([""], () => [bytes("tail")]) },
  {
    what: "write(), each awaited",
    async app(_environ, startResponse) {
      const write = startResponse("200 OK", html);
      for (const text of ["a", "b", "c"]) await write(bytes(text));
      return [];
    },
  },
];

/** Heads. */
const heads: readonly ConformingApp[] = [
  ...(
    [
      "200 OK",
      "404 Not Found",
      "299 Very Custom Reason",
      "200 Caf\u00e9",
      "999 \u00c3\u00a0",
      200,
      999,
    ] as const
  ).map((status) => ({ what: `status ${status}`, app: starting(status, [], []) })),
  { what: "a body without a charset that needs one", app: starting(200, octets, [bytes("\u00ff\u0000")]) },
  ...[
    "text/event-stream",
    "text/csv",
    "text/vtt",
    "text/calendar",
    "text/vcard",
    "TEXT/CSV; header=absent",
  ].map((type) => ({ what: type, app: starting(200, [["Content-Type", type]], [bytes("a")]) })),
  {
    what: "text in another charset",
    app: starting(200, [["Content-Type", "text/plain; charset=iso-8859-1"]], [bytes("caf\u00e9")]),
  },
  {
    what: "a charset in quotes and capitals",
    app: starting(200, [["content-type", 'Text/HTML ; Charset = "UTF-8"']], [bytes("caf\u00c3\u00a9")]),
  },
  {
    what: "UTF-8 that is cut inside a character",
    app: starting(200, html, [bytes("caf\u00c3"), bytes("\u00a9 \u00e2\u0082"), bytes("\u00ac")]),
  },
  {
    what: "UTF-8 that is compressed",
    app: starting(200, [...html, ["Content-Encoding", "gzip"]], [bytes("\u001f\u008b")]),
  },
  {
    what: "a part of UTF-8",
    app: starting(206, [...html, ["Content-Range", "bytes 1-1/2"]], [bytes("\u00a9")]),
  },
  {
    what: "many headers, some of them twice",
    app: starting(
      200,
      [
        ...html,
        ["Set-Cookie", "a=1"],
        ["x-LoWeR-CaSe", ""],
        ["Set-Cookie", "b=2"],
        ["X-Latin", "caf\u00e9 \u00ff"],
        ["X-Tab", "a\tb"],
        ["!#$%&'*+-.^_`|~09", "all that a name may hold"],
        ["wsgi", "1"],
        ["X-Status", "1"],
        ["Content-Length", "1"],
      ],
      [bytes("x")],
    ),
  },
  {
    what: "the right Content-Length",
    app: starting(200, [...html, ["Content-Length", "5"]], [bytes("hello")]),
  },
  { what: "Content-Length 0", app: starting(200, [["Content-Length", "0"]], [bytes("")]) },
  { what: "no type for no body", app: starting(302, [["Location", "/"]], []) },
  { what: "204", app: starting(204, [], []) },
  { what: "304 with a length", app: starting(304, [["Content-Length", "5"]], [bytes("")]) },
  {
    what: "a correction",
    app: (_environ, startResponse) => {
      startResponse("200 OK", [...html, ["Content-Length", "1"]]);
      startResponse("500 Oops", textHeaders, boom);
      startResponse("503 Worse", textHeaders, new TypeError("again"));
      return [bytes("sorry")];
    },
  },
  {
    what: "a first call with an error, of another realm",
    app: (_environ, startResponse) => {
      const foreign = Object.assign(Object.create(null), { [Symbol.toStringTag]: "Error" });
      startResponse("500 Oops", textHeaders, foreign);
      return [bytes("sorry")];
    },
  },
  ...[undefined, null].map((nothing) => ({
    what: `${nothing} as error`,
    app: starting(200, html, [bytes("x")], nothing),
  })),
  {
    what: "a correction that comes too late, and is caught",
    *app(_environ, startResponse) {
      startResponse("200 OK", textHeaders);
      yield bytes("part");
      try {
        startResponse("500 Oops", [], boom);
      } catch {
        yield bytes(" and no more");
      }
    },
  },
  ...(["HEAD", "OPTIONS", "PROPFIND", "QUERY"] as const).map((REQUEST_METHOD) => ({
    what: REQUEST_METHOD,
    app: answer(() => [bytes("hello")]),
    setup: { vars: { REQUEST_METHOD } },
  })),
  {
    what: "HEAD with the length of GET, and no body",
    app: starting(200, [...html, ["Content-Length", "5"]], []),
    setup: { vars: { REQUEST_METHOD: "HEAD" } },
  },
  {
    what: "HEAD with the body of GET in other blocks",
    app: answer(() => new Set([bytes("a"), bytes("b")])),
    setup: { vars: { REQUEST_METHOD: "HEAD" } },
  },
];

/** Files. */
const files: readonly ConformingApp[] = [
  { what: "a file", app: file("0123456789", html) },
  { what: "a file with its length", app: file("0123456789", [...html, ["Content-Length", "10"]]) },
  {
    what: "a file that is longer than Content-Length",
    app: file("0123456789", [...html, ["Content-Length", "7"]]),
  },
  {
    what: "a file that is cut between two blocks",
    app: file("0123456789", [...html, ["Content-Length", "4"]]),
  },
  { what: "a file of nothing", app: file("", html) },
];

export const conformingResponses: readonly ConformingApp[] = [...answers, ...heads, ...files];

function writing(texts: readonly string[], body: () => unknown): AnyApp {
  return (_environ, startResponse) => {
    const write = startResponse("200 OK", html);
    for (const text of texts) void write(bytes(text));
    return body();
  };
}

function file(contents: string, headers: readonly [string, string][]): AnyApp {
  return (environ, startResponse) => {
    let rest = contents;
    startResponse("200 OK", headers);
    const read = (size: number): Uint8Array => {
      const block = rest.slice(0, size);
      rest = rest.slice(size);
      return bytes(block);
    };
    const close = (): void => environ["wsgi.errors"].write("file closed\n");
    return environ["wsgi.file_wrapper"]({ read, close }, 4);
  };
}

function counter(count: number): Iterator<Uint8Array> {
  let left = count;
  return {
    next: () => {
      left -= 1;
      return left < 0 ? { done: true, value: undefined } : { done: false, value: bytes(String(left)) };
    },
  };
}
