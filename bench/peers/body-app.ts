import type { Application } from "uwsgi-bridge";
import { MAX_PIECE, PatternCheck, pieceAt } from "../pattern.ts";

/** PUT: compares the body with the pattern and tells what it found. GET /N: sends N bytes of it. */
export const application: Application = async (environ, startResponse) => {
  if (environ.REQUEST_METHOD === "GET") {
    const size = Number(environ.PATH_INFO.slice(1));
    startResponse("200 OK", [
      ["Content-Type", "application/octet-stream"],
      ["Content-Length", String(size)],
    ]);
    return pieces(size);
  }
  const check = new PatternCheck();
  for await (const block of environ["wsgi.input"].chunks()) check.take(block);
  const page = Buffer.from(`${check.size} ${check.isRight ? "right" : "wrong"}`);
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [page];
};

function* pieces(size: number): Generator<Buffer> {
  for (let position = 0; position < size; position += MAX_PIECE) {
    yield pieceAt(position, Math.min(MAX_PIECE, size - position));
  }
}
