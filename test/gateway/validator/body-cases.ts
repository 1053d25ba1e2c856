import type { StartResponse, Write } from "../../../src/gateway/types.ts";
import { reportUnclosed } from "../../../src/gateway/validator/close-watch.ts";
import { Doubts } from "../../../src/gateway/validator/doubts.ts";
import type { LintId } from "../../../src/gateway/validator/rules.ts";
import { type AnyApp, bytes, type RequestSetup } from "../run-gateway.ts";
import {
  type AnyBody,
  answering,
  type Case,
  hello,
  type Lab,
  newEnviron,
  starting,
  textHeaders,
} from "./lab.ts";

/** How a server gets a body wrong, and how an application gets it wrong. */
export const bodyCases: readonly Case[] = [
  {
    id: "S20",
    what: "nothing",
    found: "undefined",
    provoke: (lab) => calledWith(lab, (() => undefined) as unknown as StartResponse),
  },
  {
    id: "S20",
    what: "a stream",
    found: "an object (Object)",
    provoke: (lab) => calledWith(lab, (() => ({ write: () => undefined })) as unknown as StartResponse),
  },
  ...([true, "a boolean", null, "null", 1, "a number", {}, "an object (Object)"] as const).flatMap(
    (result, index, all): Case[] => {
      if (index % 2 === 1) return [];
      const found = String(all[index + 1]);
      return [{ id: "S21", what: found, found, provoke: (lab) => writtenWith(lab, () => result) }];
    },
  ),
  {
    id: "S34",
    what: "in the order of registration",
    found: "the callable at index 1 run behind that at index 0",
    provoke: (lab) => {
      const finishers = registered(lab, 2);
      for (const finisher of finishers) finisher();
    },
  },
  {
    id: "S34",
    what: "one of them twice",
    found: "the callable at index 1 run again",
    provoke: (lab) => {
      const [, finisher] = registered(lab, 2);
      finisher?.();
      finisher?.();
    },
  },
  {
    id: "S40",
    what: "one that was collected",
    found: "the body of GET /path collected without it",
    provoke: ({ warnings }) => {
      const onWarning = (warning: (typeof warnings)[number]): number => warnings.push(warning);
      const doubts = new Doubts({ onWarning, strict: true }, newEnviron()["wsgi.errors"]);
      reportUnclosed({ request: "GET /path", doubts });
    },
  },
  ...[[bytes("x")], new Set([bytes("x")]), asynchronous([bytes("x")])].map(
    (body): Case => ({
      id: "S41",
      what: body.constructor.name,
      found: "a second call",
      provoke: (lab) => {
        const guard = lab.body(body);
        guard.close();
        guard.close();
      },
    }),
  ),
  ...onIterators("S42", "a second iteration", (body) => {
    iteratorOf(body);
    iteratorOf(body);
  }),
  ...onIterators("S43", "an iteration that begins behind it", (body) => {
    body.close();
    iteratorOf(body);
  }),
  ...onIterators("S43", "a call of next() behind it", (body) => {
    const iterator = iteratorOf(body);
    body.close();
    return iterator.next();
  }),
  {
    id: "S44",
    what: "two at once",
    found: "a call of next() while another is pending",
    provoke: async (lab) => {
      const iterator = iteratorOf(lab.body(asynchronous([bytes("x"), bytes("y")])));
      await Promise.all([iterator.next(), iterator.next()]);
    },
  },
  {
    id: "S45",
    what: "a generator that is read while the connection is full",
    found: "a call of next() while a promise of write() is pending, and a block waits behind it",
    provoke: (lab) => {
      const iterator = iteratorOf(bodyBehindWrite(lab, () => new Promise(() => undefined)));
      iterator.next();
      iterator.next();
    },
  },
  returning("A60", "undefined", undefined),
  returning("A60", "null", null),
  returning("A61", "4 characters", "text"),
  returning("A61", "0 characters", ""),
  returning("A62", "2 bytes", bytes("ab")),
  returning("A62", "1 byte", new Uint8Array(1)),
  returning("A62", "4 bytes", new ArrayBuffer(4)),
  returning("A62", "4 bytes", new Uint16Array(2)),
  returning("A63", "5", 5),
  returning("A63", "false", false),
  returning("A63", "a function", () => []),
  returning("A63", "an object (Object)", { body: [bytes("x")] }),
  returning("A63", "an object (Response)", new Response("x")),
  returning("A64", "a boolean", Object.assign([], { close: true })),
  returning("A64", "null", Object.assign(new Set(), { close: null })),
  returning(
    "A65",
    "16 blocks",
    [..."sixteen letters."].map((letter) => bytes(letter)),
  ),
  ...[
    { found: "a string as block 1", blocks: ["text"] },
    { found: "a string as block 3", blocks: [bytes("a"), bytes(""), "text"] },
    { found: "a number as block 1", blocks: [116] },
    { found: "undefined as block 2", blocks: [bytes("a"), undefined] },
    { found: "an object (ArrayBuffer) as block 1", blocks: [new ArrayBuffer(3)] },
  ].flatMap(({ found, blocks }) => producing("A70", found, blocks)),
  {
    id: "A70",
    what: "a stream of objects",
    found: "a string as block 1",
    provoke: (lab) => lab.run(answering(() => ReadableStream.from(["text"]))),
  },
  ...unstarted("A71", "2 bytes in block 1", [bytes("ab")]),
  ...unstarted("A71", "1 byte in block 2", [bytes(""), bytes("a")]),
  ...unstarted("A72", "the end of the body", []),
  ...unstarted("A72", "the end of the body", [bytes(""), bytes("")]),
  ...sized("A50", "4 bytes for a Content-Length of 3", 3, [bytes("ab"), bytes("cd")]),
  ...sized("A50", "1 byte for a Content-Length of 0", 0, [bytes("a")]),
  {
    id: "A50",
    what: "written",
    found: "6 bytes for a Content-Length of 5",
    provoke: (lab) =>
      lab.run((_environ, startResponse) => {
        const write = startResponse("200 OK", [...textHeaders, ["Content-Length", "5"]]);
        void write(bytes("hello"));
        void write(bytes("!"));
        return [];
      }),
  },
  {
    id: "A50",
    what: "written and returned",
    found: "6 bytes for a Content-Length of 5",
    provoke: (lab) =>
      lab.run((_environ, startResponse) => {
        void startResponse("200 OK", [...textHeaders, ["Content-Length", "5"]])(bytes("hello"));
        return [bytes("!")];
      }),
  },
  ...[204, 304].flatMap((status) => [
    ...inEveryBody("A51", `1 byte with status ${status}`, [status, []], [bytes(""), bytes("x")]),
    {
      id: "A51" as const,
      what: "written",
      found: `1 byte with status ${status}`,
      provoke: (lab: Lab) =>
        lab.run((_environ, startResponse) => {
          void startResponse(status, [])(bytes("x"));
          return [];
        }),
    },
  ]),
  ...producing("A52", "other bytes in the block that starts behind 0 bytes", [bytes("caf\u00e9 ")]),
  ...producing("A52", "other bytes in the block that starts behind 1 byte", [
    bytes("a"),
    bytes("\u00ff"),
    bytes("\u00ff"),
  ]),
  ...producing("A52", "half a character at the end, behind 4 bytes", [bytes("caf\u00c3")]),
  ...inEveryBody(
    "A52",
    "other bytes in the block that starts behind 0 bytes",
    ["200 OK", [["Content-Type", 'application/json;Charset="UTF-8"']]],
    [bytes("\u0080")],
  ),
  ...sized("A73", "3 bytes for a Content-Length of 5", 5, [bytes("a"), bytes("bc")]),
  ...sized("A73", "0 bytes for a Content-Length of 1", 1, []),
];

function calledWith(lab: Lab, startResponse: StartResponse): unknown {
  return lab.call(hello, newEnviron(), startResponse);
}

function writtenWith(lab: Lab, write: () => unknown): unknown {
  const app: AnyApp = (_environ, startResponse) => {
    void startResponse("200 OK", textHeaders)(bytes("x"));
    return [];
  };
  return lab.call(app, newEnviron(), () => write as Write);
}

/** What a server finds in `response_finished` when the application registered so many callables. */
function registered(lab: Lab, count: number): (() => unknown)[] {
  const environ = newEnviron();
  const finishers = environ["uwsgi_bridge.response_finished"] as (() => unknown)[];
  const app: AnyApp = (seen, startResponse) => {
    for (let index = 0; index < count; index += 1) {
      seen["uwsgi_bridge.response_finished"].push(() => undefined);
    }
    return hello(seen, startResponse);
  };
  lab.call(app, environ);
  return finishers;
}

function onIterators(id: LintId, found: string, misuse: (body: AnyBody) => unknown): Case[] {
  return [
    { id, what: "a generator", found, provoke: (lab) => misuse(lab.body(new Set([bytes("x")]))) },
    { id, what: "an async generator", found, provoke: (lab) => misuse(lab.body(asynchronous([bytes("x")]))) },
  ];
}

/** A body of two blocks behind a `write` that found the connection full. */
export function bodyBehindWrite(
  lab: Lab,
  write: () => Promise<void> | undefined,
  { blocks = [bytes("a"), bytes("b")], headers = [] as [string, string][] } = {},
): AnyBody {
  const app: AnyApp = (_environ, startResponse) => {
    void startResponse("200 OK", [...textHeaders, ...headers])(bytes("written"));
    return new Set(blocks);
  };
  return lab.call(app, newEnviron(), () => write) as AnyBody;
}

export function iteratorOf(body: AnyBody): { next(): unknown; return?(): unknown } {
  const iterator = body[Symbol.asyncIterator]?.() ?? body[Symbol.iterator]?.();
  if (!iterator) throw new Error("it can not be iterated");
  return iterator as { next(): unknown };
}

/** Something that is returned in place of a body. */
function returning(id: LintId, found: string, body: unknown): Case {
  return { id, what: found, found, provoke: (lab) => lab.run(answering(() => body)) };
}

function producing(id: LintId, found: string, blocks: readonly unknown[]): Case[] {
  return inEveryBody(id, found, ["200 OK", textHeaders], blocks);
}

function unstarted(id: LintId, found: string, blocks: readonly unknown[]): Case[] {
  return inEveryBody(id, found, undefined, blocks);
}

function sized(id: LintId, found: string, length: number, blocks: readonly unknown[]): Case[] {
  return inEveryBody(id, found, ["200 OK", [...textHeaders, ["Content-Length", String(length)]]], blocks);
}

/** The same blocks in every kind of body, behind a `startResponse` with these arguments, or without one. */
function inEveryBody(
  id: LintId,
  found: string,
  start: readonly unknown[] | undefined,
  blocks: readonly unknown[],
  setup: RequestSetup = {},
): Case[] {
  const bodies = {
    "an array": [...blocks],
    "an iterable": iterable(blocks),
    "a stream": asynchronous(blocks),
  };
  return Object.entries(bodies).map(([kind, body]) => ({
    id,
    what: `${found}, in ${kind}`,
    found,
    provoke: (lab) =>
      lab.run((environ, startResponse) => {
        if (start) starting(...start)(environ, startResponse);
        return body;
      }, setup),
  }));
}

function iterable(blocks: readonly unknown[]): Iterable<unknown> {
  return { [Symbol.iterator]: () => blocks[Symbol.iterator]() };
}

export function asynchronous(blocks: readonly unknown[]): AsyncIterable<unknown> {
  return {
    async *[Symbol.asyncIterator]() {
      yield* blocks;
    },
  };
}
