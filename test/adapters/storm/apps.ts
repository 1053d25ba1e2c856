import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import express from "express";
import { Hono } from "hono";
import type { FetchHandler } from "../../../src/adapters/index.ts";
import { fromFetch, fromNode } from "../../../src/adapters/index.ts";
import type { Application, Environ } from "../../../src/gateway/types.ts";
import { makers } from "../node/modes.ts";
import { BEGINNING, flood, type Tally, UNBUFFERED } from "./tally.ts";

/** The same pages in every way an application can be run. */
export const stormApps: Readonly<Record<string, (tally: Tally) => Application>> = {
  "plain on the socket": (tally) => makers["on the socket"](node(tally)),
  "plain on a stand-in": (tally) => makers["on a stand-in"](node(tally)),
  "plain through the parser": (tally) => makers["through the parser"](node(tally)),
  Express: (tally) => fromNode(express().use(node(tally))),
  Hono: (tally) => fromFetch(hono(tally)),
  gateway,
};

function node(tally: Tally): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    tally.called += 1;
    let closes = 0;
    const onClose = (): void => {
      closes += 1;
      if (closes === 2 && !response.writableFinished) tally.gone += 1;
    };
    request.on("close", onClose);
    response.on("close", onClose);
    switch (request.url) {
      case "/half":
        response.writeHead(200, UNBUFFERED);
        response.write(BEGINNING);
        break;
      case "/upload":
        request.resume();
        break;
      case "/flood":
        response.writeHead(200, UNBUFFERED);
        Readable.from(flood(tally), { highWaterMark: 1 }).pipe(response);
        break;
      case "/drain":
        void tally.released.then(() => {
          request.on("data", (block: Buffer) => {
            tally.bytes += block.length;
          });
          request.on("end", () => response.end(String(tally.bytes)));
        });
        break;
      default:
    }
  };
}

function hono(tally: Tally): FetchHandler {
  const app = new Hono();
  app.use(async (c, next) => {
    tally.called += 1;
    c.req.raw.signal.addEventListener("abort", () => {
      tally.gone += 1;
    });
    await next();
  });
  app.get("/half", (c) => {
    const begin = (controller: ReadableStreamDefaultController): void => {
      controller.enqueue(Buffer.from(BEGINNING));
    };
    return c.body(new ReadableStream({ start: begin }), 200, UNBUFFERED);
  });
  app.get("/flood", (c) => {
    const blocks = flood(tally);
    const pull = (controller: ReadableStreamDefaultController): void => {
      const { value, done } = blocks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    };
    return c.body(new ReadableStream({ pull }, { highWaterMark: 0 }), 200, UNBUFFERED);
  });
  app.post("/drain", async (c) => {
    await tally.released;
    for await (const block of c.req.raw.body ?? []) tally.bytes += block.length;
    return c.text(String(tally.bytes));
  });
  app.all("*", async (c) => {
    for await (const _block of c.req.raw.body ?? []);
    return untilAborted(c.req.raw.signal);
  });
  // What a handler was doing for a client that has left fails, and is nobody's business.
  app.onError((_error, c) => c.text("gone", 400));
  return app as FetchHandler;
}

function gateway(tally: Tally): Application {
  return async (environ, startResponse) => {
    tally.called += 1;
    environ["uwsgi_bridge.signal"].addEventListener("abort", () => {
      tally.gone += 1;
    });
    switch (environ.PATH_INFO) {
      case "/half":
        startResponse(200, Object.entries(UNBUFFERED));
        return unfinished();
      case "/flood":
        startResponse(200, Object.entries(UNBUFFERED));
        return flood(tally);
      case "/drain":
        await tally.released;
        tally.bytes += await count(environ);
        startResponse(200, []);
        return [Buffer.from(String(tally.bytes))];
      default:
        await count(environ);
        return untilAborted(environ["uwsgi_bridge.signal"]);
    }
  };
}

/** Work for a client, given up when it leaves. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
}

async function* unfinished(): AsyncGenerator<Buffer> {
  yield Buffer.from(BEGINNING);
  await new Promise(() => undefined);
}

async function count(environ: Environ): Promise<number> {
  let bytes = 0;
  for await (const block of environ["wsgi.input"].chunks()) bytes += block.length;
  return bytes;
}
