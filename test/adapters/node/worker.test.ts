import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import type { NodeListener } from "../../../src/adapters/index.ts";
import type { WorkerOptions } from "../../../src/worker/options.ts";
import { Channel } from "../../support/channel.ts";
import { bodyOf, connectTo, converse, listenTo, requestBytes, statusOf } from "../../support/raw-peer.ts";
import { signal, until } from "../../support/wait.ts";
import { startWorker, type Transport, transports } from "../../support/workers.ts";
import { makers, type RunMode } from "./modes.ts";

const MEBIBYTE = 1024 * 1024;
const POST = { REQUEST_METHOD: "POST" };
const modes = Object.keys(makers) as RunMode[];
const ways = modes.flatMap((mode) => transports.map((transport) => ({ mode, transport })));

describe.each(ways)("$mode over $transport", (way) => {
  const start = (listener: NodeListener, options: WorkerOptions = {}) => startOn(way, listener, options);

  test("bytes beyond the Content-Length do not reach the application", async () => {
    const { endpoint } = await start(echo);
    const { text } = await converse(endpoint, [requestBytes({ ...POST, CONTENT_LENGTH: "4" }, "bodyGET / ")]);
    expect(bodyOf(text)).toBe("body");
  });

  test("a body in many segments", async () => {
    const { endpoint } = await start(echo);
    const pieces = ["one,", "two,", "three"].map((text) => Buffer.from(text));
    const { text } = await converse(endpoint, [requestBytes({ ...POST, CONTENT_LENGTH: "13" }), ...pieces]);
    expect(bodyOf(text)).toBe("one,two,three");
  });

  test("a chunked body, where the worker takes one", async () => {
    const { endpoint } = await start(echo, { chunkedInput: true });
    const vars = { ...POST, HTTP_TRANSFER_ENCODING: "chunked" };
    const { text } = await converse(endpoint, [requestBytes(vars, "3\r\none\r\n4\r\n,two\r\n0\r\n\r\n")]);
    expect(bodyOf(text)).toBe("one,two");
  });

  test("a response before the upload is read reaches a client that is still sending", async () => {
    const { endpoint } = await start((_request, response) => response.writeHead(413).end("too large"));
    const socket = connectTo(endpoint);
    const heard = listenTo(socket);
    socket.write(requestBytes({ ...POST, CONTENT_LENGTH: String(20 * MEBIBYTE) }));
    socket.write(Buffer.alloc(20 * MEBIBYTE));
    const { text, end } = await heard;
    expect([statusOf(text), bodyOf(text), end]).toEqual([413, "too large", "fin"]);
  });

  test("an application that destroys a request in the middle of its body closes the connection, and the next is served", async () => {
    const { endpoint, worker } = await start((request, response) => {
      if (request.method === "GET") response.end("next");
      else request.once("data", () => request.destroy());
    });
    const socket = connectTo(endpoint);
    const heard = listenTo(socket);
    socket.write(requestBytes({ ...POST, CONTENT_LENGTH: "100" }, "begun"));
    await heard;
    await until(() => worker.stats().runningRequests === 0, "the slot is free");
    expect(bodyOf((await converse(endpoint, [requestBytes()])).text)).toBe("next");
  });

  // There it is the parser's own socket that throws, and breaks off.
  test.skipIf(way.mode === "through the parser")(
    "what a listener for the body throws is not caught, as in Node",
    async () => {
      const thrown = signal<unknown>();
      const listeners = process.listeners("uncaughtException");
      process.removeAllListeners("uncaughtException").once("uncaughtException", thrown.resolve);
      onTestFinished(() => {
        process.removeAllListeners("uncaughtException");
        for (const listener of listeners) process.on("uncaughtException", listener);
      });
      const fault = new Error("a fault of the application");
      const { endpoint } = await start((request) => {
        request.on("data", () => {
          throw fault;
        });
      });
      const socket = connectTo(endpoint).on("error", () => undefined);
      socket.write(requestBytes({ ...POST, CONTENT_LENGTH: "100" }, "begun"));
      expect(await thrown.promise).toBe(fault);
      socket.destroy();
    },
  );

  test("an application that has begun to read, and answers, gets what has arrived", async () => {
    const begun = signal();
    const read = signal<string>();
    const { endpoint } = await start(async (request, response) => {
      let text = "";
      request.on("data", (block: Buffer) => {
        text += block;
        request.pause();
        begun.resolve();
      });
      request.on("end", () => read.resolve(text));
      await until(() => request.complete, "all of the body is there");
      response.once("close", () => request.resume());
      response.end("accepted");
    });
    const socket = connectTo(endpoint);
    const heard = listenTo(socket);
    socket.write(requestBytes({ ...POST, CONTENT_LENGTH: "7" }, "one,"));
    await begun.promise;
    socket.write("two");
    expect(bodyOf((await heard).text)).toBe("accepted");
    expect(await read.promise).toBe("one,two");
  });

  // Node's own server leaves such an application waiting, too.
  test.skipIf(way.mode === "through the parser")(
    "an application that answers and reads on is told that the rest does not come",
    async () => {
      const aborted = signal<string>();
      const { endpoint } = await start((request, response) => {
        request.on("error", (error: NodeJS.ErrnoException) => aborted.resolve(error.code ?? ""));
        request.once("data", () => response.end("enough"));
      });
      const socket = connectTo(endpoint);
      const heard = listenTo(socket);
      socket.write(requestBytes({ ...POST, CONTENT_LENGTH: "100" }, "begun"));
      expect(bodyOf((await heard).text)).toBe("enough");
      socket.destroy();
      expect(await aborted.promise).toBe("ECONNRESET");
    },
  );

  test("requests that wait for a slot keep their bodies", async () => {
    const waiting = new Channel<ServerResponse>();
    const { endpoint, worker } = await start(
      (request, response) => {
        if (request.method === "GET") waiting.push(response);
        else echo(request, response);
      },
      { maxConcurrentRequests: 1 },
    );
    const first = converse(endpoint, [requestBytes()]);
    const response = await waiting.next();
    const others = ["a", "bc"].map((body) =>
      converse(endpoint, [requestBytes({ ...POST, CONTENT_LENGTH: String(body.length) }, body)]),
    );
    await until(() => worker.stats().waitingRequests === 2, "both wait");
    response.end("first");
    const texts = (await Promise.all([first, ...others])).map(({ text }) => bodyOf(text));
    expect(texts).toEqual(["first", "a", "bc"]);
    await until(() => worker.stats().runningRequests === 0, "all slots are free");
  });

  test("an upload that falls silent: 408, and the application sees it aborted", async () => {
    const aborted = signal<string>();
    const { endpoint } = await start(
      (request) => {
        request.on("error", (error: NodeJS.ErrnoException) => aborted.resolve(error.code ?? ""));
        request.resume();
      },
      { bodyTimeoutMs: 100 },
    );
    const { text } = await converse(endpoint, [requestBytes({ ...POST, CONTENT_LENGTH: "100" }, "begun")]);
    expect(statusOf(text)).toBe(408);
    expect(await aborted.promise).toBe("ECONNRESET");
  });

  test("a client that takes nothing is given up after the worker's limit, whatever the application sets", async () => {
    const closed = signal();
    const { endpoint, log } = await start(
      (request, response) => {
        request.socket.setTimeout(0);
        response.on("close", () => closed.resolve());
        const write = (): void => {
          while (response.write(Buffer.alloc(MEBIBYTE)));
        };
        response.on("drain", write);
        write();
      },
      { sendTimeoutMs: 200 },
    );
    const socket = connectTo(endpoint);
    socket.pause();
    socket.write(requestBytes());
    await closed.promise;
    expect(log.codes).toContain("UWB_ERR_SEND_TIMEOUT");
    socket.destroy();
  });

  test("a worker that closes cuts a response without a length so that it does not look whole", async () => {
    const { endpoint, worker } = await start((_request, response) => response.write("the beginning"));
    const socket = connectTo(endpoint);
    const heard = listenTo(socket);
    socket.write(requestBytes());
    await once(socket, "data");
    await worker.close(0);
    const { text, end } = await heard;
    expect(bodyOf(text)).toBe("the beginning");
    if (way.transport === "tcp") expect(end).toBe("reset");
  });

  test("the slot is free and the connection gone after a client has left", async () => {
    const called = new Channel<string>();
    const { endpoint, worker } = await start((request, response) => {
      response.on("close", () => called.push("close"));
      request.on("error", () => undefined);
      called.push("called");
    });
    const socket = connectTo(endpoint);
    socket.write(requestBytes());
    await called.next();
    socket.destroy();
    expect(await called.next()).toBe("close");
    const idle = { openConnections: 0, runningRequests: 0, waitingRequests: 0 };
    await until(() => worker.stats().openConnections + worker.stats().runningRequests === 0, "all is idle");
    expect(worker.stats()).toMatchObject(idle);
  });
});

describe("requests that Node's parser would refuse reach the application on the socket", () => {
  test.each([
    { name: "a lower-case method", vars: { REQUEST_METHOD: "get" } },
    { name: "an unknown method", vars: { REQUEST_METHOD: "BREW" } },
    { name: "a cookie of 40 KB", vars: { HTTP_COOKIE: "c".repeat(40_000) } },
    { name: "a target of raw bytes", vars: { REQUEST_URI: "/caf\u00e9 x" } },
    {
      name: "700 header fields",
      vars: Object.fromEntries(Array.from({ length: 700 }, (_, n) => [`HTTP_X_${n}`, "1"])),
    },
  ])("$name", async ({ vars }) => {
    const { endpoint } = await startOn({ mode: "on the socket", transport: "unix" }, show);
    const { text } = await converse(endpoint, [requestBytes(vars)]);
    const { REQUEST_METHOD = "GET", REQUEST_URI = "/x" } = vars as Record<string, string>;
    const count = Object.keys(vars).filter((key) => key.startsWith("HTTP_")).length + 1;
    expect(JSON.parse(bodyOf(text))).toEqual({ method: REQUEST_METHOD, url: REQUEST_URI, count });
  });

  test.each([
    { name: "a cookie of 40 KB", vars: { HTTP_COOKIE: "c".repeat(40_000) } },
    { name: "a target of raw bytes", vars: { REQUEST_URI: "/caf\u00e9 x" } },
  ])("$name, through the parser as well", async ({ vars }) => {
    const { endpoint } = await startOn({ mode: "through the parser", transport: "unix" }, show);
    const { text } = await converse(endpoint, [requestBytes(vars)]);
    expect(statusOf(text)).toBe(200);
    expect(JSON.parse(bodyOf(text)).url).toBe((vars as Record<string, string>)["REQUEST_URI"] ?? "/x");
  });

  test("a method that the parser does not know: 400", async () => {
    const { endpoint } = await startOn({ mode: "through the parser", transport: "unix" }, show);
    const { text } = await converse(endpoint, [requestBytes({ REQUEST_METHOD: "BREW" })]);
    expect(statusOf(text)).toBe(400);
  });
});

function startOn(
  { mode, transport }: { readonly mode: RunMode; readonly transport: Transport },
  listener: NodeListener,
  options: WorkerOptions = {},
) {
  return startWorker(makers[mode](listener), options, { transport });
}

function echo(request: IncomingMessage, response: ServerResponse): void {
  const blocks: Buffer[] = [];
  request.on("data", (block: Buffer) => blocks.push(block));
  request.on("end", () => response.end(Buffer.concat(blocks)));
}

function show({ method, url, rawHeaders }: IncomingMessage, response: ServerResponse): void {
  const text = JSON.stringify({ method, url, count: rawHeaders.length / 2 });
  response.end(Buffer.from(text, "latin1"));
}
