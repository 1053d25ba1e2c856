import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import type { Channel } from "../../../support/channel.ts";
import type { Stage } from "../../../support/stage.ts";

/** A page, written against Node's own objects. It tells the test what it sees through a channel. */
type NodePage = (request: IncomingMessage, response: ServerResponse, seen: Channel<string>) => void;

const MEBIBYTE = 1024 * 1024;
const BLOCK = Buffer.alloc(64 * 1024, "x");
/** Of `/raw/flood/`, which writes as fast as it may. */
export const FLOOD_BYTES: number = 64 * MEBIBYTE;
/** How long `/raw/timeout/` waits for a silent client. */
const TIMEOUT_MS = 30;
/** nginx holds a response back unless it is told not to; the others do not know the field. */
const UNBUFFERED = { "X-Accel-Buffering": "no" } as const;

/** Answer a request to `/raw/<page>/<key>`, whatever framework it came through. */
export function nodePage(
  { page, key }: { readonly page: string; readonly key: string },
  stage: Stage,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): void {
  const answer = pages[page];
  if (!answer) throw new Error(`no page ${page}`);
  answer(request, response, stage.channel<string>(key));
}

const pages: Readonly<Record<string, NodePage>> = {
  request: (request, response) => {
    const { method, url, httpVersion, headers, rawHeaders, headersDistinct, socket } = request;
    const { remoteAddress, remotePort, remoteFamily, localPort } = socket;
    const addresses = { remoteAddress, remotePort, remoteFamily, localPort };
    const isSameSocket = Reflect.get(request, "connection") === socket;
    const encrypted = Reflect.get(socket, "encrypted") === true;
    const seen = { method, url, httpVersion, headers, rawHeaders, headersDistinct };
    response.end(JSON.stringify({ ...seen, ...addresses, isSameSocket, encrypted }));
  },

  /** Sends the body back once it has all of it: nginx gives up an upload as soon as the response begins. */
  echo: (request, response) => {
    const blocks: Buffer[] = [];
    request.on("data", (block: Buffer) => blocks.push(block));
    request.on("end", () => response.end(Buffer.concat(blocks)));
  },

  pipe: (request, response, seen) => {
    pipeline(request, response, (error) => seen.push(error ? String(error.code) : "complete"));
  },

  framing: (_request, response) => {
    response.setHeader("Transfer-Encoding", "chunked");
    response.setHeader("Connection", "keep-alive");
    response.setHeader("Keep-Alive", "timeout=5");
    response.write("two ");
    response.end("blocks");
  },

  "write-head": (_request, response) => {
    response.writeHead(203, "Fine", {
      Connection: "keep-alive",
      "transfer-encoding": "chunked",
      "X-Kept": "1",
    });
    response.end("fine");
  },

  trailers: (_request, response) => {
    response.setHeader("Trailer", "X-Trailer");
    response.write("body");
    response.addTrailers({ "X-Trailer": "1" });
    response.end();
  },

  interim: (_request, response, seen) => {
    response.writeContinue(() => seen.push("continue"));
    response.writeProcessing();
    response.writeEarlyHints({ link: "</style.css>; rel=preload" }, () => seen.push("hints"));
    response.end("final");
  },

  events: (request, response, seen) => {
    request.resume();
    for (const event of ["end", "close"]) request.on(event, () => seen.push(`request ${event}`));
    for (const event of ["prefinish", "finish", "close"])
      response.on(event, () => seen.push(`response ${event}`));
    response.write("one ", () => seen.push("written"));
    response.end("two", () => seen.push("ended"));
  },

  timeout: (_request, response, seen) => {
    response.setTimeout(TIMEOUT_MS, () => {
      seen.push("timeout");
      response.end("nobody came");
    });
  },

  /** Writes until it is told to wait, and reports how much it has written each time. */
  flood: (_request, response, seen) => {
    let written = 0;
    response.writeHead(200, { "Content-Type": "application/octet-stream", ...UNBUFFERED });
    const write = (): void => {
      while (written < FLOOD_BYTES) {
        written += BLOCK.length;
        if (!response.write(BLOCK)) break;
      }
      seen.push(String(written));
      if (written < FLOOD_BYTES) response.once("drain", write);
      else response.end();
    };
    write();
  },

  /** Reads nothing before a test says so by way of the request that asks for `release`. */
  lazy: (request, response, seen) => {
    seen.push("called");
    waitingReaders.set(String(request.headers["x-key"]), () => {
      let count = 0;
      request.on("data", (block: Buffer) => {
        count += block.length;
      });
      request.on("end", () => response.end(String(count)));
    });
  },

  /** Does not answer, and says how the client left. */
  wait: (request, response, seen) => reportEnd(request, response, seen),

  /** Answers in part, and says how the client left. */
  half: (request, response, seen) => {
    reportEnd(request, response, seen);
    response.writeHead(200, { "Content-Length": "1000000", ...UNBUFFERED });
    response.write("x".repeat(1000));
  },

  /** Reads the upload, and says how the client left. */
  receive: (request, response, seen) => {
    request.once("data", () => seen.push("data"));
    request.resume();
    reportEnd(request, response, seen);
  },

  destroy: (_request, response, seen) => {
    response.on("close", () => seen.push("response close"));
    response.socket?.destroy();
  },

  /** Breaks off when the test says that the beginning has arrived. */
  break: (_request, response, heard) => {
    response.writeHead(200, { "Content-Length": "1000", ...UNBUFFERED });
    response.write("the beginning\n");
    void heard.next().then(() => response.destroy());
  },

  "late-throw": (_request, response) => {
    response.writeHead(200, { "Content-Length": "1000", ...UNBUFFERED });
    response.write("the beginning\n");
    throw new Error("as a test wants it to");
  },
};

/** Requests of `/raw/lazy/` whose bodies nobody reads yet, by their X-Key. */
export const waitingReaders: Map<string, () => void> = new Map();

function reportEnd(request: IncomingMessage, response: ServerResponse, seen: Channel<string>): void {
  request.on("aborted", () => seen.push("aborted"));
  request.on("error", (error: NodeJS.ErrnoException) => seen.push(`error ${error.code}`));
  request.on("close", () => seen.push("request close"));
  response.on("finish", () => seen.push("finish"));
  response.on("close", () => seen.push("response close"));
  seen.push("called");
}
