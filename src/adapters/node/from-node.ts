import { IncomingMessage, type RequestListener, type Server, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { defineApplication } from "../../gateway/define-application.ts";
import { HOP_BY_HOP } from "../../gateway/hop-by-hop.ts";
import type { Application, Environ, HeaderPair } from "../../gateway/types.ts";

/** A Node application: what `http.createServer` takes. */
export type NodeListener = RequestListener;

/** Options of {@link fromNode}. */
export interface NodeAdapterOptions {
  /** Whether the listener sees the path with SCRIPT_NAME, or without. @defaultValue `"strip"` */
  readonly mount?: "strip" | "keep";
}

/** Run a Node listener, or a server that does not listen, as a gateway application. */
export function fromNode(target: NodeListener | Server, options: NodeAdapterOptions = {}): Application {
  return defineApplication(async (environ, startResponse) => {
    const request = requestOf(environ, options.mount ?? "strip");
    const response = new ServerResponse(request);
    const text = textOf(response);
    if (typeof target === "function") target(request as never, response as never);
    else target.emit("request", request, response);
    const sent = await text;
    const headEnd = sent.indexOf("\r\n\r\n");
    const [status = "", ...lines] = sent.slice(0, headEnd).split("\r\n");
    startResponse(status.slice("HTTP/1.1 ".length) as `${number} ${string}`, headersOf(lines));
    return [Buffer.from(sent.slice(headEnd + 4), "latin1")];
  });
}

function requestOf(environ: Environ, mount: "strip" | "keep"): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  const query = environ.QUERY_STRING === "" ? "" : `?${environ.QUERY_STRING}`;
  request.method = environ.REQUEST_METHOD;
  request.url = `${mount === "keep" ? environ.SCRIPT_NAME : ""}${environ.PATH_INFO}${query}`;
  // To a client of 1.0 a response is not chunked.
  request.httpVersion = "1.0";
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 0;
  if (environ["HTTP_HOST"] !== undefined) request.headers.host = environ["HTTP_HOST"];
  request.push(null);
  return request;
}

function textOf(response: ServerResponse): Promise<string> {
  const socket = new Socket();
  const chunks: Buffer[] = [];
  socket._write = (chunk: Buffer | string, encoding, callback) => {
    chunks.push(typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk);
    callback();
  };
  Object.defineProperty(socket, "_writev", { value: undefined });
  response.assignSocket(socket);
  return new Promise((resolve) => {
    response.on("finish", () => resolve(Buffer.concat(chunks).toString("latin1")));
  });
}

function headersOf(lines: readonly string[]): HeaderPair[] {
  return lines
    .map((line): HeaderPair => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)])
    .filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()));
}
