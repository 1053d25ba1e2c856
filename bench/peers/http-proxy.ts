// Arguments: the port to listen on and the port of node:http. http-proxy with its connections kept alive.
import { Agent, createServer, ServerResponse } from "node:http";
import httpProxy from "http-proxy";

const [port, target] = process.argv.slice(2);
const proxy = httpProxy.createProxyServer({
  target: `http://127.0.0.1:${target}`,
  agent: new Agent({ keepAlive: true }),
});
proxy.on("error", (_error, _request, response) => {
  if (response instanceof ServerResponse) response.writeHead(502).end();
});

createServer((request, response) => proxy.web(request, response)).listen(Number(port), "127.0.0.1");
