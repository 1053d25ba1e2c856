// Arguments: a TCP port and the path of a Unix socket. The same hello from node:http on both.
import { createServer } from "node:http";
import { HELLO } from "../hello.ts";

const [port, path] = process.argv.slice(2);
const headers = { "Content-Type": "text/plain", "Content-Length": HELLO.length };

for (const where of [{ host: "127.0.0.1", port: Number(port) }, { path }]) {
  const server = createServer((_request, response) => {
    response.writeHead(200, headers);
    response.end(HELLO);
  });
  server.listen(where);
}
