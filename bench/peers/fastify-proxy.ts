// Arguments: the port to listen on and the port of node:http. @fastify/http-proxy as its documentation sets it up.
import proxy from "@fastify/http-proxy";
import { fastify } from "fastify";

const [port, target] = process.argv.slice(2);
const server = fastify();
await server.register(proxy, { upstream: `http://127.0.0.1:${target}` });
await server.listen({ host: "127.0.0.1", port: Number(port) });
