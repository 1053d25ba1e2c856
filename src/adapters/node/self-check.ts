import { Server } from "node:http";
import { Writable } from "node:stream";
import type { DirectRequest } from "../../gateway/direct.ts";
import type { Environ } from "../../gateway/types.ts";
import { NodeRun, type ResponseSocket } from "./node-run.ts";

const EXPECTED = "HTTP/1.1 200 OK\r\nX-Seen: /path 1 host.test\r\nContent-Type: text/plain\r\n\r\nbody";

/**
 * Whether requests can be given to a Node application without Node's parser: this leans on details of Node that no document
 * promises. One request is run in memory, and what comes out is compared byte by byte.
 */
export function fitsThisNode(): boolean {
  try {
    return answerOf() === EXPECTED;
  } catch {
    return false;
  }
}

function answerOf(): string {
  const server = new Server((request, response) => {
    const { url, headersDistinct, headers } = request;
    response.sendDate = false;
    response.setHeader("X-Seen", `${url} ${headersDistinct["x-count"]?.length} ${headers.host}`);
    // Express and Koa both leave fields of the connection behind.
    response.setHeader("Connection", "keep-alive");
    response.setHeader("Transfer-Encoding", "chunked");
    response.writeHead(200, { "Content-Type": "text/plain" });
    response.end("body");
  });
  const written: string[] = [];
  const socket = new MemorySocket({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString("latin1"));
      done();
    },
  }) as unknown as ResponseSocket;
  const environ = {
    REQUEST_METHOD: "GET",
    SCRIPT_NAME: "",
    PATH_INFO: "/path",
    QUERY_STRING: "",
    SERVER_PROTOCOL: "HTTP/1.1",
    HTTP_HOST: "host.test",
    HTTP_X_COUNT: "1",
  } as unknown as Environ;
  let isEnded = false;
  const direct: DirectRequest = {
    environ,
    socket,
    bodyLength: 0,
    end: () => {
      isEnded = true;
    },
    abort: () => {},
    takeOver: () => Buffer.alloc(0),
  };
  const run = new NodeRun(direct, {
    server,
    socket,
    mount: "strip",
    canUpgrade: false,
    isRehearsal: true,
    letGo: () => {},
    breakOff: () => {},
  });
  run.start();
  // What `finish` would do later: it leans on details too.
  run.finished();
  const isKnown = run.canDrain && "_consuming" in run.request;
  return isKnown && isEnded && !socket._httpMessage ? written.join("") : "";
}

class MemorySocket extends Writable {
  setNoDelay(): this {
    return this;
  }
}
