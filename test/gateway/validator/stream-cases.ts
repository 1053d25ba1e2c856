import type { InputStream } from "../../../src/gateway/types.ts";
import type { LintId } from "../../../src/gateway/validator/rules.ts";
import { type AnyApp, bytes, nextTurn, prepareRequest } from "../run-gateway.ts";
import { answering, type Case, hello, type Lab, newEnviron, setting } from "./lab.ts";

/** How the two sides get `wsgi.input` and `wsgi.errors` wrong. */
export const streamCases: readonly Case[] = [
  answered("S50", "a string from read", { read: async () => "text" }, (input) => input.read()),
  answered("S50", "undefined from read", { read: async () => undefined }, (input) => input.read(1)),
  answered("S50", "bytes from read, and no promise", { read: () => bytes("x") }, (input) => input.read()),
  answered("S50", "a string from readline", { readline: async () => "a" }, (input) => input.readline()),
  answered("S50", "null from readlines, and no promise", { readlines: () => null }, (input) =>
    input.readlines(),
  ),
  answered("S50", "a string from chunks", { chunks: () => each(["a"]) }, (input) => first(input.chunks())),
  answered("S50", "a string from next", { [Symbol.asyncIterator]: () => each(["a"]) }, (input) =>
    first(input),
  ),
  answered(
    "S50",
    "an object (Object) from next, and no promise",
    { [Symbol.asyncIterator]: () => [bytes("a")][Symbol.iterator]() },
    (input) => first(input),
  ),
  answered("S51", "3 bytes from read(2)", { read: async () => bytes("abc") }, (input) => input.read(2)),
  answered("S51", "1 byte from read(0)", { read: async () => bytes("a") }, (input) => input.read(0)),
  answered(
    "S51",
    "2 bytes from read(3), and 4 to come",
    { read: async () => bytes("ab"), remaining: 4 },
    (input) => input.read(3),
  ),
  answered(
    "S51",
    "2 bytes from read(), and 4 to come",
    { read: async () => bytes("ab"), remaining: 4 },
    (input) => input.read(),
  ),
  answered(
    "S51",
    "2 bytes from read(), and 1 to come",
    { read: async () => bytes("ab"), remaining: 1 },
    (input) => input.read(-1),
  ),
  answered("S51", "3 bytes from readline(2)", { readline: async () => bytes("ab\n") }, (input) =>
    input.readline(2),
  ),
  answered(
    "S51",
    "11 bytes in all from read, and a CONTENT_LENGTH of 10",
    { read: async () => bytes("0123456789A") },
    (input) => input.read(),
  ),
  answered(
    "S51",
    "12 bytes in all from readline, and a CONTENT_LENGTH of 10",
    { readline: async () => bytes("abc\n") },
    async (input) => {
      for (let count = 0; count < 3; count += 1) await input.readline();
    },
  ),
  answered(
    "S51",
    "12 bytes in all from readlines, and a CONTENT_LENGTH of 10",
    { readlines: async () => [bytes("abc\n"), bytes("abc\n"), bytes("abc\n")] },
    (input) => input.readlines(),
  ),
  answered(
    "S51",
    "12 bytes in all from chunks, and a CONTENT_LENGTH of 10",
    { chunks: () => each([bytes("abcdef"), bytes("abcdef")]) },
    (input) => drained(input.chunks()),
  ),
  answered(
    "S51",
    "12 bytes in all from next, and a CONTENT_LENGTH of 10",
    { [Symbol.asyncIterator]: () => each([bytes("abcde\n"), bytes("abcde\n")]) },
    drained,
  ),
  answered(
    "S52",
    "3 bytes behind a line feed from readline",
    { readline: async () => bytes("a\nb\nc") },
    (input) => input.readline(),
  ),
  answered(
    "S52",
    "1 byte behind a line feed from next",
    { [Symbol.asyncIterator]: () => each([bytes("a\nb")]) },
    (input) => first(input),
  ),
  answered(
    "S52",
    "2 bytes without a line feed from readline",
    { readline: async () => bytes("ab"), remaining: 3 },
    (input) => input.readline(),
  ),
  answered(
    "S52",
    "2 bytes without a line feed from readline",
    { readline: async () => bytes("ab"), remaining: 3 },
    (input) => input.readline(3),
  ),
  answered(
    "S52",
    "2 bytes without a line feed from next",
    { [Symbol.asyncIterator]: () => each([bytes("ab")]), remaining: 3 },
    (input) => first(input),
  ),
  answered("S53", "bytes", { readlines: async () => bytes("a\nb\n") }, (input) => input.readlines()),
  answered("S53", "a string among the lines", { readlines: async () => [bytes("a\n"), "b\n"] }, (input) =>
    input.readlines(),
  ),
  ...["read", "readline", "readlines"].flatMap((name) => [
    reading("A80", `2 arguments for ${name}`, (input) =>
      Reflect.apply(Reflect.get(input, name), input, [1, 2]),
    ),
    ...[1.5, Number.NaN, Number.POSITIVE_INFINITY].map((size) =>
      reading("A81", `${size} for ${name}`, (input) =>
        Reflect.apply(Reflect.get(input, name), input, [size]),
      ),
    ),
    reading("A81", `"10" for ${name}`, (input) => Reflect.apply(Reflect.get(input, name), input, ["10"])),
    reading("A81", `null for ${name}`, (input) => Reflect.apply(Reflect.get(input, name), input, [null])),
  ]),
  reading("A80", "1 argument for chunks", (input) => Reflect.apply(input.chunks, input, [1024])),
  ...["close", "destroy"].map((name) =>
    reading("A82", `a call of ${name}()`, (input) => Reflect.apply(Reflect.get(input, name), input, [])),
  ),
  ...["receive", "missing", "finish", "fail"].map((name) =>
    reading("A83", `use of ${name}`, (input) => Reflect.get(input, name)),
  ),
  {
    id: "A83",
    what: "what a stream of another server can do",
    found: "use of pipe",
    provoke: (lab) => readWith(lab, { pipe: () => undefined }, (input) => Reflect.get(input, "pipe")),
  },
  logging("A84", "0 arguments", "write"),
  logging("A84", "2 arguments", "write", "%s", "x"),
  logging("A84", "bytes", "write", bytes("x")),
  logging("A84", "an object (Error)", "write", new Error("boom")),
  logging("A85", "a string", "writelines", "one\ntwo\n"),
  logging("A85", "undefined", "writelines"),
  logging("A85", "null", "writelines", null),
  logging("A85", "an object (Object)", "writelines", { 0: "a" }),
  logging("A85", "a number among them", "writelines", ["a", 5]),
  ...["close", "end", "destroy"].map((name) => logging("A86", `a call of ${name}()`, name)),
  ...["read", "readline", "readlines"].map((name) =>
    late(`a call of ${name} behind it`, (input) => Reflect.apply(Reflect.get(input, name), input, [])),
  ),
  late("a call of chunks behind it", (input) => first(input.chunks())),
  late("a call of next behind it", (input) => first(input)),
  {
    id: "A87",
    what: "behind a generator that ended",
    found: "a call of read behind it",
    provoke: async (lab) => {
      const { input, body } = served(lab, new Set([bytes("x")]));
      await drained(body as unknown as Iterable<unknown>);
      body.close();
      await input.read();
    },
  },
  {
    id: "A88",
    what: "three tasks",
    found: "a call of readline while another is pending",
    provoke: async (lab) => {
      const { environ, input } = prepareRequest({ vars: { CONTENT_LENGTH: "10" } });
      lab.call(hello, environ);
      const one = environ["wsgi.input"].read(1);
      const two = Promise.resolve().then(() => environ["wsgi.input"].readline());
      const three = nextTurn().then(() => environ["wsgi.input"].readlines());
      void nextTurn().then(() => input.receive(bytes("0123\n56789")));
      await Promise.all([one, two, three]);
    },
  },
  {
    id: "A88",
    what: "two tasks, one of them with chunks",
    found: "a call of read while another is pending",
    provoke: async (lab) => {
      const { environ, input } = prepareRequest({ vars: { CONTENT_LENGTH: "10" } });
      lab.call(hello, environ);
      const one = first(environ["wsgi.input"].chunks());
      await nextTurn();
      const two = environ["wsgi.input"].read();
      input.receive(bytes("0123456789"));
      await Promise.all([one, two]);
    },
  },
];

type AnyStream = Readonly<Record<string | symbol, unknown>>;

/** The answer of a server whose input is wrong in this. CONTENT_LENGTH is 10. */
function answered(id: LintId, found: string, wrong: AnyStream, read: (input: InputStream) => unknown): Case {
  return { id, what: found, found, provoke: (lab) => readWith(lab, wrong, read) };
}

function readWith(lab: Lab, wrong: AnyStream, read: (input: InputStream) => unknown): unknown {
  const environ = newEnviron({ vars: { CONTENT_LENGTH: "10" } });
  const empty = {
    read: async () => bytes(""),
    readline: async () => bytes(""),
    readlines: async () => [],
    chunks: () => each([]),
    [Symbol.asyncIterator]: () => each([]),
    remaining: 0,
  };
  setting({ "wsgi.input": { ...empty, ...wrong } })(environ);
  lab.call(hello, environ);
  return read(environ["wsgi.input"]);
}

async function* each(blocks: readonly unknown[]): AsyncGenerator<unknown> {
  yield* blocks;
}

/** The first of them; the iteration is left there. */
async function first(blocks: AsyncIterable<unknown>): Promise<unknown> {
  for await (const block of blocks) return block;
  return undefined;
}

/** Read them all. */
async function drained(blocks: AsyncIterable<unknown> | Iterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const block of blocks) all.push(block);
  return all;
}

function reading(id: LintId, found: string, read: (input: InputStream) => unknown): Case {
  const app: AnyApp = async (environ, startResponse) => {
    await read(environ["wsgi.input"]);
    return hello(environ, startResponse);
  };
  return { id, what: found, found, provoke: (lab) => lab.run(app, { body: "0123456789" }) };
}

function logging(id: LintId, found: string, name: string, ...args: readonly unknown[]): Case {
  const app: AnyApp = (environ, startResponse) => {
    const errors = environ["wsgi.errors"];
    Reflect.apply(Reflect.get(errors, name), errors, args);
    return hello(environ, startResponse);
  };
  return { id, what: `${name}: ${found}`, found, provoke: (lab) => lab.run(app) };
}

/** A read when the response is over. */
function late(found: string, read: (input: InputStream) => unknown): Case {
  return {
    id: "A87",
    what: found,
    found,
    provoke: (lab) => {
      const { input, body } = served(lab, [bytes("x")]);
      body.close();
      return read(input);
    },
  };
}

function served(lab: Lab, body: unknown): { input: InputStream; body: { close(): unknown } } {
  const environ = newEnviron({ body: "0123456789" });
  const guard = lab.call(
    answering(() => body),
    environ,
  );
  return { input: environ["wsgi.input"], body: guard as { close(): unknown } };
}
