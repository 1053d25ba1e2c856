// A function that node:http would call, without a framework. An http.Server can be exported as well: see chat.ts.
//
//   npx uwsgi-bridge serve examples/plain.ts
//   curl localhost:8080/ && curl localhost:8080/ -d hello
import type { IncomingMessage, ServerResponse } from "node:http";

export default function handle(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  if (request.method === "POST") {
    // Block by block, at the pace of the slower side: the body may have any size.
    request.pipe(response);
    return;
  }
  response.end(`Hello ${request.socket.remoteAddress}, you asked for ${request.url}\n`);
}
