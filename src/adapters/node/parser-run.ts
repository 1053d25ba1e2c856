import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { ProtocolError } from "../../errors.ts";
import { HOP_BY_HOP } from "../../gateway/hop-by-hop.ts";
import type { Environ, ResponseBody, StartResponse } from "../../gateway/types.ts";
import type { Described } from "./client-facts.ts";
import { callListeners } from "./delivery.ts";
import { FacadeSocket } from "./facade-socket.ts";
import type { Incoming } from "./incoming.ts";
import { adaptOutgoing } from "./outgoing.ts";
import { endToEndFields } from "./raw-response.ts";
import { rawHeadersOf } from "./request-headers.ts";
import { nodeTarget } from "./request-target.ts";

const MAX_HEADER_BYTES = 1_048_576;

/**
 * Runs a Node application through Node's own parser: a request is written out again and parsed by a server that never listens. Slower, and
 * stricter about methods and targets, but it uses documented interfaces only.
 */
export class ParserRunner {
  readonly #server: Server;
  readonly #mount: "strip" | "keep";
  readonly #parser: Server;

  constructor(server: Server, mount: "strip" | "keep") {
    this.#server = server;
    this.#mount = mount;
    this.#parser = createServer({ maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: false });
    this.#parser.maxHeadersCount = 0;
    this.#parser.on("clientError", (error, socket) => socket.destroy(refusal(error)));
    this.#parser.on("request", (request, response) => this.#deliver(request as Incoming, response));
  }

  run(environ: Environ, startResponse: StartResponse): Promise<ResponseBody> {
    return new Promise((resolve, reject) => {
      const socket = new FacadeSocket(environ, {
        onHead: (head, body) => {
          try {
            startResponse(head.status, endToEndFields(head));
            resolve(body);
          } catch (error) {
            reject(error);
            socket.destroy();
          }
        },
        onFailed: reject,
        isServed: true,
      });
      environ["uwsgi_bridge.signal"].addEventListener("abort", () => socket.destroy(), { once: true });
      this.#parser.emit("connection", socket);
      if (this.#server.timeout > 0) socket.setTimeout(this.#server.timeout);
      void write(environ, socket);
    });
  }

  /** The server of the application may have listeners of its own, from its first request on. */
  #forwardTimeouts(): void {
    if (this.#server.listenerCount("timeout") === 0 || this.#parser.listenerCount("timeout") > 0) return;
    this.#parser.on("timeout", (silent) => void this.#server.emit("timeout", silent));
  }

  #deliver(request: Incoming, response: ServerResponse): void {
    const environ = (request.socket as IncomingMessage["socket"] & Described).environ;
    const { url, originalUrl, baseUrl } = nodeTarget(environ, this.#mount);
    request.httpVersion = environ.SERVER_PROTOCOL.replace("HTTP/", "");
    request.url = url;
    if (baseUrl !== "") Object.assign(request, { originalUrl, baseUrl });
    request.environ = environ;
    request.method = environ.REQUEST_METHOD;
    callListeners({ request, response: adaptOutgoing(response, {}), server: this.#server, environ });
    this.#forwardTimeouts();
  }
}

/** Before the application has it, a request that the parser does not take is answered like any other that is wrong. */
function refusal(error: Error): ProtocolError {
  const message = `Node's parser refuses the request: ${error.message}`;
  return new ProtocolError("UWB_ERR_REQUEST_INVALID", message, { offset: 0 });
}

/** Write a request as a client of HTTP/1.0 would, whose responses have no framing; the end of the body is known from its length. */
async function write(environ: Environ, socket: FacadeSocket): Promise<void> {
  const input = environ["wsgi.input"];
  // A body that was chunked, or that middleware has put in the place of the one that came.
  const isChunked = input.remaining > 0 && environ.CONTENT_LENGTH !== String(input.remaining);
  try {
    socket.push(headText(environ, isChunked), "latin1");
    for await (const bytes of input.chunks()) {
      socket.bytesRead += bytes.length;
      if (isChunked) socket.push(`${bytes.length.toString(16)}\r\n`);
      const wantsMore = socket.push(bytes);
      if (isChunked) socket.push("\r\n");
      if (socket.destroyed) return;
      if (!wantsMore) await new Promise<void>((resolve) => socket.onceRead(resolve));
    }
    if (isChunked) socket.push("0\r\n\r\n");
  } catch (error) {
    socket.destroy(error as Error);
  }
}

function headText(environ: Environ, isChunked: boolean): string {
  const { REQUEST_METHOD: method } = environ;
  const raw = rawHeadersOf(environ);
  // The target does not pass the parser, which knows fewer of them than there are: the request gets its own afterwards.
  const lines = [`${method} / HTTP/1.${isChunked ? 1 : 0}`];
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    if (name === "content-length" && isChunked) continue;
    if (!HOP_BY_HOP.has(name) && name !== "expect") lines.push(`${raw[index]}: ${raw[index + 1]}`);
  }
  if (isChunked) lines.push("Transfer-Encoding: chunked");
  return `${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`;
}
