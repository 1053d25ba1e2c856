import { createHash } from "node:crypto";
import type { Application, ResponseBody, StartResponse } from "uwsgi-bridge";

const LIMIT_BYTES = 10 * 1024 * 1024;

/**
 * Takes an upload block by block, without ever holding all of it, and answers with its size and SHA-256. Try it with
 * `curl --data-binary @file`.
 */
export const application: Application = async (environ, startResponse) => {
  // Refused before a byte of it is read. The server sees to it that the client gets to read the answer.
  if (Number(environ.CONTENT_LENGTH ?? 0) > LIMIT_BYTES) return refuse(startResponse);

  const hash = createHash("sha256");
  let size = 0;
  for await (const block of environ["wsgi.input"].chunks()) {
    size += block.length;
    // Not every server knows the length beforehand.
    if (size > LIMIT_BYTES) return refuse(startResponse);
    hash.update(block);
  }
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [Buffer.from(`${size} bytes, SHA-256 ${hash.digest("hex")}\n`)];
};

function refuse(startResponse: StartResponse): ResponseBody {
  startResponse("413 Content Too Large", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [Buffer.from(`at most ${LIMIT_BYTES} bytes\n`)];
}
