// Arguments: a framework, "worker" or "http", and the path of a Unix socket. The same application, run by our worker or by node:http.
import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { createWorker } from "uwsgi-bridge";
import { type FetchHandler, fromFetch, fromNode, type NodeListener } from "uwsgi-bridge/adapters";
import { SAMPLE_TARGET } from "../adapter-request.ts";
import { HELLO } from "../hello.ts";
import { nativeFetchListener } from "./native-fetch.ts";

const [framework = "", way, path = ""] = process.argv.slice(2);
const { pathname } = new URL(SAMPLE_TARGET, "http://a.test");

const nodeApps: Readonly<Record<string, () => NodeListener | Server | Promise<Server>>> = {
  plain: () => (_request, response) => {
    response.writeHead(200, { "Content-Type": "text/plain", "Content-Length": HELLO.length });
    response.end(HELLO);
  },
  express: () => express().get(pathname, (_request, response) => response.type("text").send(HELLO)),
  koa: () => {
    const app = new Koa();
    app.use((context) => {
      if (context.path === pathname) context.body = HELLO;
    });
    return app.callback();
  },
  fastify: async () => {
    const app = Fastify();
    app.get(pathname, () => HELLO);
    await app.ready();
    return app.server;
  },
};

const hono = new Hono().get(pathname, (c) => c.text(HELLO)) as FetchHandler;

if (way === "worker") {
  const app = framework.startsWith("hono")
    ? fromFetch(hono, { requestObject: framework === "hono-light" ? "light" : "native" })
    : fromNode(await nodeApp());
  await createWorker(app).listen({ type: "unix", path });
} else {
  const target = await httpTarget();
  const server = typeof target === "function" ? createServer((...args) => void target(...args)) : target;
  server.listen(path);
}

async function httpTarget(): Promise<NodeListener | Server> {
  if (framework === "hono") return nativeFetchListener((request) => hono.fetch(request));
  if (framework === "hono-node-server") return getRequestListener(hono.fetch.bind(hono) as never);
  return nodeApp();
}

async function nodeApp(): Promise<NodeListener | Server> {
  const make = nodeApps[framework];
  if (!make) throw new Error(`no framework ${framework}`);
  return make();
}
