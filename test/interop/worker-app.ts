import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Application, Environ, HeaderPair, StartResponse } from "../../src/gateway/types.ts";
import { Stage } from "../support/stage.ts";

type Page = (environ: Environ, startResponse: StartResponse, stage: Stage) => ReturnType<Application>;

const TEXT: [string, string] = ["Content-Type", "text/plain"];
/** nginx holds a response back unless it is told not to; the others do not know the field. */
const UNBUFFERED: [string, string] = ["X-Accel-Buffering", "no"];
/** After this time a peer has passed the beginning of a response on, and can no longer answer with an error. */
const BEGINNING_TRAVELS_MS = 200;

/**
 * The application the peers are tested with. The last two segments of the path are the page and its argument, so that a
 * peer may mount it anywhere.
 */
export function createWorkerApp(): { readonly app: Application; readonly stage: Stage } {
  const stage = new Stage();
  const app: Application = (environ, startResponse) => {
    const [, page = "environ"] = /\/([a-z-]+)\/[^/]*$/.exec(environ.PATH_INFO) ?? [];
    return (pages[page] ?? showEnviron)(environ, startResponse, stage);
  };
  return { app, stage };
}

const pages: Readonly<Record<string, Page>> = {
  /** Sends the request body back, once it has all of it: nginx gives up an upload as soon as the answer begins. */
  echo: async (environ, startResponse) => {
    const body = await environ["wsgi.input"].read();
    startResponse(200, [TEXT]);
    return [body];
  },

  /** Sends the request body back as it comes in. */
  duplex: (environ, startResponse) => {
    startResponse(200, [TEXT]);
    return environ["wsgi.input"].chunks();
  },

  digest: async (environ, startResponse) => {
    const hash = createHash("sha256");
    let size = 0;
    for await (const block of environ["wsgi.input"].chunks()) {
      hash.update(block);
      size += block.length;
    }
    startResponse(200, [TEXT]);
    return [Buffer.from(`${size} ${hash.digest("hex")}`)];
  },

  /** Sends what the test pushes, when it pushes it. */
  stream: (environ, startResponse, stage) => {
    startResponse(200, [TEXT, UNBUFFERED]);
    return stage.channel<Buffer>(argumentOf(environ));
  },

  /** Tells the test of every block of the request body. */
  receive: async (environ, startResponse, stage) => {
    const received = stage.channel<string>(argumentOf(environ));
    for await (const block of environ["wsgi.input"].chunks()) received.push(block.toString("latin1"));
    startResponse(200, [TEXT]);
    return [Buffer.from("received")];
  },

  /** Never answers; tells the test that it was called, and when its signal fired. */
  wait: (environ, _startResponse, stage) => {
    const told = stage.channel<number>(argumentOf(environ));
    return new Promise((_, reject) => {
      const signal = environ["uwsgi_bridge.signal"];
      signal.addEventListener("abort", () => {
        told.push(performance.now());
        reject(signal.reason);
      });
      told.push(performance.now());
    });
  },

  /** Refuses the body without reading any of it. */
  refuse: (_environ, startResponse) => {
    startResponse("413 Content Too Large", [TEXT]);
    return [Buffer.from("too large for me")];
  },

  status: (environ, startResponse) => {
    startResponse(Number(argumentOf(environ)), [
      TEXT,
      ["ETag", '"tag"'],
      ["X-Method", environ.REQUEST_METHOD],
    ]);
    return [Buffer.from("a page\n")];
  },

  /** As many bytes as the argument says, announced also to HEAD. */
  sized: (environ, startResponse) => {
    const length = argumentOf(environ);
    startResponse(200, [TEXT, ["Content-Length", length]]);
    return [Buffer.alloc(Number(length), "x")];
  },

  /** Fails before it has said anything. */
  fail: () => {
    throw new Error("the application fails, as a test wants it to");
  },

  /** Fails in the middle of its body. With the argument `length` the body has announced its length, and its beginning is on its way. */
  break: async function* (environ, startResponse) {
    const hasLength = argumentOf(environ) === "length";
    startResponse(200, [TEXT, UNBUFFERED, ...(hasLength ? [["Content-Length", "1000"] as HeaderPair] : [])]);
    yield Buffer.from("the beginning\n");
    if (hasLength) await delay(BEGINNING_TRAVELS_MS);
    throw new Error("the application fails, as a test wants it to");
  },

  cookies: (_environ, startResponse) => {
    startResponse(200, [
      TEXT,
      ["Set-Cookie", "a=1; Path=/"],
      ["X-Between", "yes"],
      ["Set-Cookie", "b=2; Path=/, really"],
      ["Set-Cookie", "a=3"],
    ]);
    return [Buffer.from("cookies")];
  },

  /** Sends the bytes of a request header back in a response header. */
  bytes: (environ, startResponse) => {
    startResponse(200, [TEXT, ["X-Bytes", environ["HTTP_X_BYTES"] ?? "none"]]);
    return [Buffer.from("bytes")];
  },
};

const showEnviron: Page = (environ, startResponse) => {
  const strings = Object.entries(environ).filter(([, value]) => typeof value === "string");
  startResponse(200, [["Content-Type", "application/json"]]);
  return [Buffer.from(JSON.stringify(Object.fromEntries(strings)))];
};

function argumentOf(environ: Environ): string {
  return environ.PATH_INFO.slice(environ.PATH_INFO.lastIndexOf("/") + 1);
}
