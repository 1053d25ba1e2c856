import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Stage } from "../../../support/stage.ts";
import { type AppKind, COOKIES, SENT_FILE } from "./app-kind.ts";
import { nodePage } from "./node-pages.ts";

/** Without any framework. */
export const plain: AppKind = {
  name: "plain",
  isNode: true,
  breaksOff: true,
  sendsFiles: false,
  clientFacts: [],
  start: (stage) => ({ node: (request, response) => answer(request, response, stage) }),
};

function answer(request: IncomingMessage, response: ServerResponse, stage: Stage): unknown {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://a.test");
  const [, first = "", page = "", key = ""] = pathname.split("/");
  switch (first) {
    case "raw":
      return nodePage({ page, key }, stage, { request, response });
    case "hello":
      return response.end(`hello ${page} ${searchParams.get("q")} ${request.headers["x-a"]}`);
    case "live":
      response.setHeader("X-Accel-Buffering", "no");
      return Readable.from(stage.channel<Buffer>(page)).pipe(response);
    case "throw":
      throw new Error("as a test wants it to");
    case "reject":
      return Promise.reject(new Error("as a test wants it to"));
    case "file":
      response.setHeader("Content-Type", "text/plain");
      return createReadStream(SENT_FILE).pipe(response);
    default:
      return short(request, response, first);
  }
}

function short(request: IncomingMessage, response: ServerResponse, name: string): unknown {
  switch (name) {
    case "json":
      return void readAll(request).then((text) => {
        response.setHeader("Content-Type", "application/json");
        response.end(JSON.stringify({ got: JSON.parse(text) }));
      });
    case "upload":
      return void readAll(request).then((text) => response.end(String(text.length)));
    case "stream":
      return Readable.from(["1;", "2;", "3;"]).pipe(response);
    case "cookies":
      response.setHeader("Set-Cookie", [...COOKIES]);
      return response.end("cookies");
    case "reason":
      response.statusMessage = "Made Up";
      response.statusCode = 201;
      return response.end("reason");
    case "nothing":
      response.statusCode = 204;
      return response.end();
    case "redirect":
      return response.writeHead(302, { Location: "/there" }).end();
    default:
      response.statusCode = 404;
      return response.end("nothing here");
  }
}

async function readAll(request: IncomingMessage): Promise<string> {
  const blocks: Buffer[] = [];
  for await (const block of request) blocks.push(block as Buffer);
  return Buffer.concat(blocks).toString();
}
