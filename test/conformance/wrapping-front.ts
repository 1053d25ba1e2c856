import { createServer, type IncomingMessage, type Server } from "node:http";
import { connect } from "node:net";
import type { Endpoint } from "../../src/net/endpoint.ts";

/** A front of a few lines that keeps the low 16 bits of every length. It passes on GET, and the bodies of answers. */
export function createWrappingFront(worker: Endpoint): Server {
  if (worker.type !== "tcp") throw new Error("this front speaks TCP");
  return createServer({ maxHeaderSize: 1024 * 1024 }, (request, response) => {
    const upstream = connect({ host: worker.host, port: worker.port, allowHalfOpen: true });
    let answer = "";
    upstream.on("data", (chunk: Buffer) => {
      answer += chunk.toString("latin1");
    });
    upstream.on("error", () => response.destroy());
    upstream.on("end", () => {
      upstream.end();
      if (answer === "") response.writeHead(502);
      response.end(answer.slice(answer.indexOf("\r\n\r\n") + 4));
    });
    upstream.write(packetOf(request));
  });
}

function packetOf({ method = "", url = "", headers }: IncomingMessage): Buffer {
  const vars = Object.entries(headers).map(([name, value]) => [
    `HTTP_${name.toUpperCase().replaceAll("-", "_")}`,
    String(value),
  ]);
  const all = [["REQUEST_METHOD", method], ["REQUEST_URI", url], ["PATH_INFO", url], ...vars];
  const block = Buffer.concat(
    all.flatMap((pair) => pair.map((text) => withLength(Buffer.from(text, "latin1")))),
  );
  const header = Buffer.alloc(4);
  header.writeUInt16LE(block.length & 0xffff, 1);
  return Buffer.concat([header, block]);
}

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16LE(bytes.length & 0xffff);
  return Buffer.concat([length, bytes]);
}
