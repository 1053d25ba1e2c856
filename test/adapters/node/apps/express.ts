import { Readable } from "node:stream";
import express from "express";
import { type AppKind, COOKIES, SENT_FILE } from "./app-kind.ts";
import { countBytes } from "./count-bytes.ts";
import { nodePage } from "./node-pages.ts";

/** Express 5. It replaces the prototypes of requests and responses. */
export const expressApp: AppKind = {
  name: "Express",
  isNode: true,
  breaksOff: true,
  sendsFiles: true,
  clientFacts: ["ip", "protocol", "secure"],
  start: (stage) => {
    const app = express();
    app.all("/raw/:page/:key", (request, response) => nodePage(request.params, stage, { request, response }));
    app.get("/hello/:name", ({ params, query, headers }, response) => {
      response.type("text").send(`hello ${params.name} ${String(query["q"])} ${headers["x-a"]}`);
    });
    app.post("/json", express.json(), ({ body }, response) => {
      response.json({ got: body as unknown });
    });
    app.post("/upload", async (request, response) => {
      response.send(String(await countBytes(request)));
    });
    app.get("/stream", (_request, response) => {
      Readable.from(["1;", "2;", "3;"]).pipe(response);
    });
    app.get("/live/:key", ({ params }, response) => {
      response.set("X-Accel-Buffering", "no");
      Readable.from(stage.channel<Buffer>(params.key)).pipe(response);
    });
    app.get("/cookies", (_request, response) => {
      for (const cookie of COOKIES) response.append("Set-Cookie", cookie);
      response.send("cookies");
    });
    app.get("/reason", (_request, response) => {
      response.statusMessage = "Made Up";
      response.status(201).send("reason");
    });
    app.get("/nothing", (_request, response) => {
      response.status(204).end();
    });
    app.get("/redirect", (_request, response) => response.redirect("/there"));
    app.get("/client", ({ ip, protocol, secure }, response) => {
      response.json({ ip, protocol, secure });
    });
    app.get("/throw", () => {
      throw new Error("as a test wants it to");
    });
    app.get("/reject", () => Promise.reject(new Error("as a test wants it to")));
    app.get("/file", (_request, response) => response.sendFile(SENT_FILE));
    return { node: app };
  },
};
