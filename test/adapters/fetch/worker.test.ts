import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { type FetchHandler, fromFetch } from "../../../src/adapters/index.ts";
import type { WorkerOptions } from "../../../src/worker/options.ts";
import { Channel } from "../../support/channel.ts";
import { bodyOf, connectTo, converse, listenTo, requestBytes, statusOf } from "../../support/raw-peer.ts";
import { signal, sleep, until } from "../../support/wait.ts";
import { type StartedWorker, startWorker, type Transport, transports } from "../../support/workers.ts";
import { type AnyHandler, type Kind, kinds, restoreGlobalsAfterEach } from "./run.ts";

restoreGlobalsAfterEach();

const MEBIBYTE = 1024 * 1024;
const BLOCK_BYTES = 64 * 1024;
const ways = kinds.flatMap((kind) => transports.map((transport) => ({ kind, transport })));

interface Way {
  readonly kind: Kind;
  readonly transport: Transport;
}

describe.each(ways)("$kind over $transport", (way) => {
  test("text", async () => {
    const { text, end } = await ask(way, () => new Response("hello", { headers: { "X-A": "1" } }));
    const length = way.kind === "light" ? "Content-Length: 5\r\n" : "";
    expect(text).toBe(
      `HTTP/1.1 200 OK\r\ncontent-type: text/plain;charset=UTF-8\r\nx-a: 1\r\n${length}\r\nhello`,
    );
    expect(end).toBe("fin");
  });

  test("a large body", async () => {
    const body = Buffer.alloc(8 * MEBIBYTE, "0123456789");
    const { text } = await ask(way, () => new Response(body));
    expect(bodyOf(text) === body.toString()).toBe(true);
  });

  test("every byte, there and back", async () => {
    const body = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join("");
    const changes = { REQUEST_METHOD: "POST", CONTENT_LENGTH: "256" };
    const handler = async (request: Request) => new Response(await request.arrayBuffer());
    expect(bodyOf((await ask(way, handler, changes, body)).text)).toBe(body);
  });

  test("a body that comes in many segments", async () => {
    const { endpoint } = await start(way, async (request) => new Response(await request.text()));
    const pieces = ["one,", "two,", "three"].map((text) => Buffer.from(text));
    const head = requestBytes({ REQUEST_METHOD: "POST", CONTENT_LENGTH: "13" });
    expect(bodyOf((await converse(endpoint, [head, ...pieces])).text)).toBe("one,two,three");
  });

  test("an answer before the upload is read reaches a client that is still sending", async () => {
    const { endpoint } = await start(way, () => new Response("too large", { status: 413 }));
    const body = Buffer.alloc(20 * MEBIBYTE);
    const socket = connectTo(endpoint);
    const heard = listenTo(socket);
    socket.write(requestBytes({ REQUEST_METHOD: "POST", CONTENT_LENGTH: String(body.length) }));
    socket.write(body);
    const { text, end } = await heard;
    expect([statusOf(text), bodyOf(text), end]).toEqual([413, "too large", "fin"]);
  });

  test("a client that reads nothing stops the handler, and gets it all when it goes on", async () => {
    const total = 40 * MEBIBYTE;
    let produced = 0;
    const { endpoint } = await start(way, () => {
      return new Response(
        new ReadableStream(
          {
            pull(controller) {
              if (produced === total) return controller.close();
              produced += BLOCK_BYTES;
              controller.enqueue(Buffer.alloc(BLOCK_BYTES, "x"));
            },
          },
          { highWaterMark: 0 },
        ),
      );
    });
    const socket = connectTo(endpoint);
    socket.pause();
    socket.write(requestBytes());
    const stalledAt = await stillness(() => produced);
    expect(stalledAt).toBeGreaterThan(0);
    expect(stalledAt).toBeLessThan(total / 2);
    const { text, end } = await listenTo(socket.resume());
    expect([bodyOf(text).length, end, produced]).toEqual([total, "fin", total]);
  });

  test("a handler that does not read stops the client, and gets it all when it goes on", async () => {
    const go = signal();
    const { endpoint } = await start(way, async (request) => {
      await go.promise;
      let count = 0;
      for await (const block of request.body ?? []) count += block.length;
      return new Response(String(count));
    });
    const body = Buffer.alloc(40 * MEBIBYTE, "u");
    const socket = connectTo(endpoint);
    const heard = listenTo(socket);
    socket.write(requestBytes({ REQUEST_METHOD: "POST", CONTENT_LENGTH: String(body.length) }));
    const sent = pump(socket, body);
    expect(await stillness(sent)).toBeLessThan(body.length / 2);
    go.resolve();
    expect(bodyOf((await heard).text)).toBe(String(body.length));
  });

  test("an echo of any size in constant memory: the pace of the reader is that of the sender", async () => {
    const { endpoint } = await start(way, (request) => new Response(request.body));
    const body = Buffer.alloc(40 * MEBIBYTE, "e");
    const socket = connectTo(endpoint);
    socket.pause();
    socket.write(requestBytes({ REQUEST_METHOD: "POST", CONTENT_LENGTH: String(body.length) }));
    const sent = pump(socket, body);
    expect(await stillness(sent)).toBeLessThan(body.length / 2);
    const { text } = await listenTo(socket.resume());
    expect(bodyOf(text)).toHaveLength(body.length);
  });

  test("a client that leaves during its upload: the read rejects, the signal is aborted", async () => {
    const events = new Channel<unknown>();
    const { endpoint, worker, log } = await start(way, async (request) => {
      request.signal.addEventListener("abort", () => events.push("abort"));
      const reader = request.body?.getReader();
      events.push(Buffer.from((await reader?.read())?.value ?? []).toString());
      const error = await reader?.read().catch((caught: unknown) => caught);
      events.push(error === request.signal.reason && error instanceof DOMException && error.name);
      throw error;
    });
    const socket = connectTo(endpoint);
    socket.on("error", () => undefined);
    socket.write(requestBytes({ REQUEST_METHOD: "POST", CONTENT_LENGTH: "100" }, "part"));
    expect(await events.next()).toBe("part");
    socket.destroy();
    expect([await events.next(), await events.next()]).toEqual(["abort", "AbortError"]);
    await until(() => worker.stats().runningRequests === 0, "the slot is free");
    expect(log.lines).toEqual([]);
  });

  test("a client that leaves while the handler thinks: the signal is aborted, a late answer is cancelled", async () => {
    const events = new Channel<string>();
    const { endpoint, worker, log } = await start(way, async (request) => {
      events.push("called");
      await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
      events.push((request.signal.reason as Error).name);
      return new Response(new ReadableStream({ cancel: () => events.push("cancelled") }));
    });
    const socket = connectTo(endpoint);
    socket.write(requestBytes());
    expect(await events.next()).toBe("called");
    socket.destroy();
    expect([await events.next(), await events.next()]).toEqual(["AbortError", "cancelled"]);
    await until(() => worker.stats().runningRequests === 0, "the slot is free");
    expect(log.lines).toEqual([]);
  });

  test("a client that leaves during its response: the stream is cancelled, also one that says nothing", async () => {
    const events = new Channel<unknown>();
    const { endpoint, worker, log } = await start(way, (request) => {
      return new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(Buffer.from("event")),
          cancel: (reason) => events.push(reason === request.signal.reason && (reason as Error).name),
        }),
      );
    });
    const socket = connectTo(endpoint);
    socket.write(requestBytes());
    await new Promise((resolve) => socket.once("data", resolve));
    socket.destroy();
    expect(await events.next()).toBe("AbortError");
    await until(() => worker.stats().runningRequests === 0, "the slot is free");
    expect(log.lines).toEqual([]);
  });

  test("a client that stalls and then leaves: the stream is cancelled", async () => {
    const cancelled = signal();
    let produced = 0;
    const { endpoint, worker } = await start(way, () => {
      return new Response(
        new ReadableStream({
          pull(controller) {
            produced += BLOCK_BYTES;
            controller.enqueue(Buffer.alloc(BLOCK_BYTES));
          },
          cancel: () => cancelled.resolve(),
        }),
      );
    });
    const socket = connectTo(endpoint);
    socket.on("error", () => undefined);
    socket.pause();
    socket.write(requestBytes());
    await stillness(() => produced);
    socket.destroy();
    await cancelled.promise;
    await until(() => worker.stats().runningRequests === 0, "the slot is free");
  });

  test("after a complete response the signal stays as it is, however long the client lingers", async () => {
    let theSignal: AbortSignal | undefined;
    const { endpoint, worker } = await start(way, (request) => {
      theSignal = request.signal;
      return new Response("done");
    });
    await converse(endpoint, [requestBytes()]);
    await until(() => worker.stats().openConnections === 0, "the connection is closed");
    expect(theSignal?.aborted).toBe(false);
  });

  test("an error in the response: what was sent arrives, and the end shows that more was to come", async () => {
    const { text, end } = await ask(way, () => {
      const blocks = ["part"];
      return new Response(
        new ReadableStream(
          {
            pull(controller) {
              const block = blocks.shift();
              if (block === undefined) throw new Error("secret");
              controller.enqueue(Buffer.from(block));
            },
          },
          { highWaterMark: 0 },
        ),
      );
    });
    expect(bodyOf(text)).toBe("part");
    // A Unix socket knows no reset.
    expect(end).toBe(way.transport === "tcp" ? "reset" : "fin");
  });

  test("a handler that throws is answered 500 without its text, and the next request is served", async () => {
    const { endpoint, log } = await start(way, (request) => {
      if (request.url.endsWith("/x")) throw new Error("secret");
      return new Response("ok");
    });
    const { text } = await converse(endpoint, [requestBytes()]);
    expect(statusOf(text)).toBe(500);
    expect(text).not.toContain("secret");
    expect(log.lines).toMatchObject([{ level: "error", fields: { err: { message: "secret" } } }]);
    const next = await converse(endpoint, [requestBytes({ REQUEST_URI: "/y" })]);
    expect(bodyOf(next.text)).toBe("ok");
  });

  test("refusals: a Host that is none, a header with a line feed, TRACE", async () => {
    const { endpoint } = await start(way, () => new Response("never"));
    const statuses: unknown[] = [];
    for (const changes of [{ HTTP_HOST: "a b" }, { HTTP_X: "a\nb" }, { REQUEST_METHOD: "TRACE" }]) {
      statuses.push(statusOf((await converse(endpoint, [requestBytes(changes)])).text));
    }
    expect(statuses).toEqual([400, 400, 501]);
  });

  test("a client that stops in the middle of its upload: the read rejects after the limit, and the answer is 408", async () => {
    const { endpoint } = await start(way, async (request) => new Response(await request.text()), {
      bodyTimeoutMs: 50,
    });
    const changes = { REQUEST_METHOD: "POST", CONTENT_LENGTH: "100" };
    expect(statusOf((await converse(endpoint, [requestBytes(changes, "part")])).text)).toBe(408);
  });

  test("a chunked upload", async () => {
    const { endpoint } = await start(way, async (request) => new Response(await request.text()), {
      chunkedInput: true,
    });
    const changes = { REQUEST_METHOD: "POST", HTTP_TRANSFER_ENCODING: "chunked" };
    const { text } = await converse(endpoint, [
      requestBytes(changes),
      Buffer.from("4\r\nchun\r\n4\r\nked,\r\n"),
      Buffer.from("5\r\nagain\r\n0\r\n\r\n"),
    ]);
    expect(bodyOf(text)).toBe("chunked,again");
  });

  test("waitUntil holds the slot: with one of them the next request waits", async () => {
    const work = signal();
    let calls = 0;
    const { endpoint, worker } = await start(
      way,
      (_request, context) => {
        calls += 1;
        if (calls === 1) context?.waitUntil(work.promise);
        return new Response(`answer ${calls}`);
      },
      { maxConcurrentRequests: 1 },
    );
    expect(bodyOf((await converse(endpoint, [requestBytes()])).text)).toBe("answer 1");
    const second = converse(endpoint, [requestBytes()]);
    await until(() => worker.stats().waitingRequests === 1, "the second request waits");
    expect(calls).toBe(1);
    work.resolve();
    expect(bodyOf((await second).text)).toBe("answer 2");
  });

  test("a body that is read on after the answer breaks off with the connection, and holds no slot", async () => {
    const failed = signal<unknown>();
    const { endpoint, worker } = await start(way, (request, context) => {
      context?.waitUntil(request.text().catch(failed.resolve));
      return new Response("early");
    });
    const socket = connectTo(endpoint);
    const heard = listenTo(socket);
    socket.write(requestBytes({ REQUEST_METHOD: "POST", CONTENT_LENGTH: "100" }, "begun"));
    expect(bodyOf((await heard).text)).toBe("early");
    socket.destroy();
    expect(await failed.promise).toMatchObject({ name: "AbortError" });
    await until(() => worker.stats().runningRequests === 0, "the slot is free");
  });

  test("requests that overlap see only their own", async () => {
    const { endpoint } = await start(way, async (request) => {
      await sleep(5);
      return new Response(`${request.headers.get("x-number")} ${await request.text()}`);
    });
    const answers = await Promise.all(
      Array.from({ length: 16 }, async (_, index) => {
        const changes = { REQUEST_METHOD: "POST", HTTP_X_NUMBER: String(index), CONTENT_LENGTH: "2" };
        return bodyOf(
          (await converse(endpoint, [requestBytes(changes, String(index).padStart(2, "0"))])).text,
        );
      }),
    );
    expect(answers).toEqual(
      Array.from({ length: 16 }, (_, index) => `${index} ${String(index).padStart(2, "0")}`),
    );
  });
});

function start(way: Way, handler: AnyHandler, options: WorkerOptions = {}): Promise<StartedWorker> {
  const app = fromFetch(handler as FetchHandler["fetch"], { requestObject: way.kind });
  return startWorker(app, options, { transport: way.transport });
}

async function ask(way: Way, handler: AnyHandler, changes = {}, body = ""): ReturnType<typeof converse> {
  const { endpoint } = await start(way, handler);
  return converse(endpoint, [requestBytes(changes, body)]);
}

/** Send this at the pace of the other side. Returns how many bytes it has taken so far. */
function pump(socket: Socket, body: Buffer): () => number {
  let sent = 0;
  const more = (): void => {
    while (sent < body.length) {
      const block = body.subarray(sent, sent + BLOCK_BYTES);
      sent += block.length;
      if (!socket.write(block)) {
        socket.once("drain", more);
        return;
      }
    }
  };
  more();
  return () => sent;
}

/** Wait until a count does not change any more, and return it. */
async function stillness(count: () => number): Promise<number> {
  let before = -1;
  while (count() === 0 || count() !== before) {
    before = count();
    await sleep(150);
  }
  return before;
}
