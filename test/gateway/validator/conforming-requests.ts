import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { InputStream } from "../../../src/gateway/types.ts";
import { type AnyApp, bytes } from "../run-gateway.ts";
import { answer, boom, type ConformingApp, html, octets } from "./conforming.ts";

/** Ways to end, on purpose or not. The application fails by itself here, not against the interface. */
const endings: readonly ConformingApp[] = [
  {
    what: "an exception",
    app: () => {
      throw boom;
    },
  },
  { what: "a rejection", app: () => Promise.reject(boom) },
  {
    what: "an exception behind a block",
    *app(_environ, startResponse) {
      startResponse("200 OK", html);
      yield bytes("part");
      throw boom;
    },
  },
  {
    what: "a rejection behind a block",
    async *app(_environ, startResponse) {
      startResponse("200 OK", html);
      yield bytes("part");
      throw boom;
    },
  },
  {
    what: "a stream that breaks",
    app: answer(() => Readable.from(breaking())),
  },
  {
    what: "close() that logs",
    app: (environ, startResponse) => {
      startResponse("200 OK", html);
      return Object.assign([bytes("x")], { close: () => environ["wsgi.errors"].write("closed\n") });
    },
  },
  {
    what: "close() that fails",
    app: answer(() => Object.assign(new Set([bytes("x")]), { close: () => Promise.reject(boom) })),
  },
  {
    what: "a body that is disposed of",
    app: (environ, startResponse) => {
      startResponse("200 OK", html);
      const dispose = (): void => environ["wsgi.errors"].write("disposed\n");
      return Object.assign([bytes("x")], { [Symbol.dispose ?? "close"]: dispose });
    },
  },
  {
    what: "close() that reads the rest of the request",
    app: (environ, startResponse) => {
      startResponse("200 OK", html);
      const close = async (): Promise<void> => {
        environ["wsgi.errors"].write(`${await environ["wsgi.input"].read()}\n`);
      };
      return Object.assign([bytes("x")], { close });
    },
    setup: { body: "the rest" },
  },
  {
    what: "callables for the end",
    app: (environ, startResponse) => {
      const finishers = environ["uwsgi_bridge.response_finished"];
      const errors = environ["wsgi.errors"];
      const tell = ({
        status,
        bytesSent,
        outcome,
      }: {
        status: unknown;
        bytesSent: number;
        outcome: string;
      }) => errors.write(`${status} ${bytesSent} ${outcome}\n`);
      finishers.push(tell, () => errors.write("second\n"));
      finishers.unshift(() => errors.write("before the first\n"));
      finishers.push(() => Promise.reject(boom));
      finishers.splice(finishers.indexOf(tell), 1);
      finishers.push(tell);
      startResponse("200 OK", html);
      return [bytes(`${finishers.length} ${finishers.at(-1) === tell} ${Array.isArray(finishers)}`)];
    },
  },
  {
    what: "callables for the end that take others out",
    app: (environ, startResponse) => {
      const finishers = environ["uwsgi_bridge.response_finished"];
      const errors = environ["wsgi.errors"];
      finishers.push(
        () => errors.write("last\n"),
        () => errors.write("taken out\n"),
        () => {
          errors.write("first\n");
          finishers.splice(1, 1);
        },
      );
      startResponse("200 OK", html);
      return [];
    },
  },
];

/** Ways to read. The answer is what was read. */
const readings: readonly ConformingApp[] = [
  reading("read()", async (input) => [await input.read(), await input.read(), await input.read(-1)]),
  reading("read(size)", async (input) => {
    const blocks: Uint8Array[] = [];
    for (let block = await input.read(4); block.length > 0; block = await input.read(4)) blocks.push(block);
    return blocks;
  }),
  reading("read(undefined)", async (input) => [await input.read(undefined), await input.readline(undefined)]),
  reading("read(0)", async (input) => [await input.read(0), await input.read(3)]),
  reading("readline()", async (input) => [
    await input.readline(),
    await input.readline(2),
    await input.read(),
  ]),
  reading("readline(size)", async (input) => [
    await input.readline(6),
    await input.readline(5),
    await input.readline(1),
  ]),
  reading("readlines()", (input) => input.readlines()),
  reading("readlines(hint)", async (input) => [...(await input.readlines(7)), await input.read()]),
  reading("all of them in one go", (input) =>
    Promise.all([input.read(3), input.readline(), input.readline(1), input.read()]),
  ),
  reading("lines", (input) => gathered(input)),
  reading("chunks", (input) => gathered(input.chunks())),
  reading("some lines, then chunks", async (input) => {
    for await (const line of input) return [line, ...(await gathered(input.chunks()))];
    return [];
  }),
  reading("a chunk at most", async (input) => {
    const chunks = input.chunks();
    const { value } = await chunks.next();
    await chunks.return?.(undefined);
    return [value ?? bytes("none")];
  }),
  reading("through a pipeline", async (input) => {
    const blocks: Uint8Array[] = [];
    await pipeline(input.chunks(), async (source: AsyncIterable<Uint8Array>) => {
      for await (const block of source) blocks.push(block);
    });
    return blocks;
  }),
  reading("through a stream of Node", async (input) => gathered(Readable.from(input))),
  reading("through a stream of the web", async (input) => gathered(ReadableStream.from(input.chunks()))),
  reading("what it offers", async (input) => {
    const offers = [
      "read",
      "readline",
      "readlines",
      "chunks",
      "remaining",
      "on",
      "pipe",
      "getReader",
      "then",
    ];
    return offers.map((name) => bytes(`${name}: ${typeof Reflect.get(input, name)}\n`));
  }),
  reading("how much is left", async (input) => [
    bytes(`${input.remaining} `),
    await input.read(5),
    bytes(` ${input.remaining}`),
  ]),
  {
    what: "the body as it comes",
    app: (environ, startResponse) => {
      startResponse("200 OK", octets);
      return environ["wsgi.input"].chunks();
    },
    setup: { body: "echo" },
  },
  { what: "no reading at all", app: answer(() => [bytes("ignored")]), setup: { body: "ignored" } },
  {
    what: "text for the log",
    app: async (environ, startResponse) => {
      const errors = environ["wsgi.errors"];
      errors.write("one\ntwo \u20ac");
      errors.writelines([" and\n", "three\n"]);
      errors.writelines(new Set(["four\n"]));
      errors.write("half");
      await errors.flush();
      startResponse("200 OK", html);
      return [bytes("logged")];
    },
  },
];

/** What an application may do to its environ. */
const environs: readonly ConformingApp[] = [
  {
    what: "an application that changes its environ",
    app: (environ, startResponse) => {
      environ.PATH_INFO = "/elsewhere";
      environ["my_app.user"] = { name: "somebody" };
      delete environ["HTTP_HOST"];
      startResponse("200 OK", html);
      return [bytes(Object.keys(environ).join())];
    },
  },
  {
    what: "an application that looks at all of it",
    app: (environ, startResponse) => {
      startResponse("200 OK", html);
      const texts = Object.entries(environ).map(([key, value]) => `${key}=${String(value)}`);
      return texts.filter((text) => !/\[object|=>|function/.test(text)).map(bytes);
    },
    setup: { vars: { HTTP_COOKIE: "a=1", CONTENT_TYPE: "text/plain", CONTENT_LENGTH: "" } },
  },
  {
    what: "OPTIONS *",
    app: answer(() => []),
    setup: { vars: { REQUEST_METHOD: "OPTIONS", PATH_INFO: "*" } },
  },
  {
    what: "CONNECT",
    app: answer(() => []),
    setup: { vars: { REQUEST_METHOD: "CONNECT", PATH_INFO: "example.test:443" } },
  },
  { what: "no path at all", app: answer(() => []), setup: { vars: { PATH_INFO: "" } } },
  {
    what: "an application below the root",
    app: answer(() => []),
    setup: { vars: { SCRIPT_NAME: "/app", PATH_INFO: "/caf\u00c3\u00a9", QUERY_STRING: "a=%20" } },
  },
  ...["[::1]", "127.0.0.1", "my_app", "a-b.example.test", "x"].map((SERVER_NAME) => ({
    what: `the host ${SERVER_NAME}`,
    app: answer(() => []),
    setup: { vars: { SERVER_NAME } },
  })),
  ...["HTTP/1.0", "HTTP/2.0", "HTTP/3"].map((SERVER_PROTOCOL) => ({
    what: SERVER_PROTOCOL,
    app: answer(() => []),
    setup: { vars: { SERVER_PROTOCOL, HTTPS: "on", SERVER_PORT: "443", "my.key_2": "v" } },
  })),
];

export const conformingRequests: readonly ConformingApp[] = [...endings, ...readings, ...environs];

function reading(what: string, read: (input: InputStream) => Promise<readonly Uint8Array[]>): ConformingApp {
  const app: AnyApp = async (environ, startResponse) => {
    const blocks = await read(environ["wsgi.input"]);
    startResponse("200 OK", octets);
    return blocks;
  };
  return { what, app, setup: { body: "line 1\n\nline 3\nand the rest" } };
}

async function gathered(blocks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const block of blocks) all.push(block);
  return all;
}

async function* breaking(): AsyncGenerator<Uint8Array> {
  yield bytes("part");
  throw boom;
}
