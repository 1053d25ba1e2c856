import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import Fastify from "fastify";
import { type AppKind, COOKIES, SENT_FILE } from "./app-kind.ts";
import { countBytes } from "./count-bytes.ts";
import { nodePage } from "./node-pages.ts";

/** Fastify 5, by the server that it makes itself. */
export const fastify: AppKind = {
  name: "Fastify",
  isNode: true,
  breaksOff: false,
  sendsFiles: false,
  clientFacts: ["ip", "protocol"],
  start: async (stage) => {
    const app = Fastify({ forceCloseConnections: true });
    app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    app.all<{ Params: { page: string; key: string } }>("/raw/:page/:key", (request, reply) => {
      reply.hijack();
      nodePage(request.params, stage, { request: request.raw, response: reply.raw });
    });
    app.get<{ Params: { name: string }; Querystring: { q?: string } }>("/hello/:name", (request) => {
      return `hello ${request.params.name} ${request.query.q} ${request.headers["x-a"]}`;
    });
    app.post("/json", ({ body }) => ({ got: body }));
    app.post("/upload", async ({ body }) => String(await countBytes(body as Readable)));
    app.get("/stream", (_request, reply) => reply.send(Readable.from(["1;", "2;", "3;"])));
    app.get<{ Params: { key: string } }>("/live/:key", ({ params }, reply) => {
      return reply.header("X-Accel-Buffering", "no").send(Readable.from(stage.channel<Buffer>(params.key)));
    });
    app.get("/cookies", (_request, reply) => reply.header("Set-Cookie", [...COOKIES]).send("cookies"));
    app.get("/reason", (_request, reply) => {
      reply.raw.statusMessage = "Made Up";
      return reply.code(201).send("reason");
    });
    app.get("/nothing", (_request, reply) => reply.code(204).send());
    app.get("/redirect", (_request, reply) => reply.redirect("/there"));
    app.get("/client", ({ ip, protocol }) => ({ ip, protocol }));
    app.get("/throw", () => {
      throw new Error("as a test wants it to");
    });
    app.get("/reject", () => Promise.reject(new Error("as a test wants it to")));
    app.get("/file", (_request, reply) => reply.type("text/plain").send(createReadStream(SENT_FILE)));
    await app.ready();
    return { node: app.server, close: () => app.close() };
  },
};
