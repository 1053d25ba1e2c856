import { createServer } from "node:http";

const server = createServer((_request, response) => {
  response.setHeader("X-App", "node");
  response.end("hello from the first");
});
server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");

globalThis.metricsServer = createServer((_request, response) => response.end("metrics"));
globalThis.metricsServer.listen(0, "127.0.0.1");
