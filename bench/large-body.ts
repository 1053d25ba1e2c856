import { type IncomingMessage, request } from "node:http";
import { MAX_PIECE, PatternCheck, pieceAt } from "./pattern.ts";

/** Send a large body. @returns What the application said about it: its size, and whether it was `right`. */
export async function upload(port: number, size: number, isChunked: boolean): Promise<string> {
  const headers = isChunked ? {} : { "Content-Length": size };
  const outgoing = request({ host: "127.0.0.1", port, method: "PUT", path: "/", headers, agent: false });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on("response", resolve);
    outgoing.on("error", reject);
  });
  // Whoever waits for room must also learn that there will be none.
  const isOver = answered.then(
    () => undefined,
    () => undefined,
  );
  for (let position = 0; position < size && !outgoing.destroyed; position += MAX_PIECE) {
    const hasRoom = outgoing.write(pieceAt(position, Math.min(MAX_PIECE, size - position)));
    if (!hasRoom) await Promise.race([new Promise((resolve) => outgoing.once("drain", resolve)), isOver]);
  }
  outgoing.end();
  const response = await answered;
  const blocks: Buffer[] = [];
  for await (const block of response) blocks.push(block as Buffer);
  const text = Buffer.concat(blocks).toString("latin1");
  return response.statusCode === 200 ? text : `status ${response.statusCode}: ${text}`;
}

/** Fetch a large body. @returns Its size, and whether it was `right`. */
export function download(port: number, size: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port, path: `/${size}`, agent: false }, (response) => {
      const check = new PatternCheck();
      response.on("data", (block: Buffer) => check.take(block));
      response.on("error", reject);
      response.on("end", () => {
        const isRight = check.isRight && response.statusCode === 200;
        resolve(`${check.size} ${isRight ? "right" : `wrong, status ${response.statusCode}`}`);
      });
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}
