// A site for real clients: an Express application with a WebSocket, whose answers say what arrived.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import express from "express";
import { WebSocketServer } from "ws";

const app = express();
const reports = [];

app.get("/hello", (_request, response) => response.type("text").send("hello"));

app.all("/upload", async (request, response) => {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const block of request) {
    hash.update(block);
    bytes += block.length;
  }
  const length = request.headers["content-length"] ?? "none";
  response.json({ method: request.method, bytes, length, sha256: hash.digest("hex") });
});

app.get("/chunks", async (_request, response) => {
  response.type("text");
  for (let number = 0; number < 5; number += 1) {
    response.write(`${number}\n`);
    await sleep(5);
  }
  response.end();
});

app.all("/redirect", (request, response) =>
  response.redirect(request.method === "GET" ? 302 : 303, "/hello"),
);

app.get("/login", (_request, response) => {
  response.cookie("session", "a b", { httpOnly: true }).cookie("theme", "dark").redirect("/whoami");
});
app.get("/whoami", (request, response) => response.type("text").send(request.headers.cookie ?? "nobody"));

app.get("/slow", async (_request, response) => {
  await sleep(1500);
  response.send("slow");
});

app.get("/gzip", (request, response) => {
  const text = "compressed ".repeat(1000);
  if (!request.acceptsEncodings("gzip")) response.type("text").send(text);
  else
    response.type("text").set({ "Content-Encoding": "gzip", Vary: "Accept-Encoding" }).send(gzipSync(text));
});

app.get("/events", async (_request, response) => {
  response.type("text/event-stream");
  for (let number = 1; number <= 3; number += 1) {
    response.write(`id: ${number}\ndata: event ${number}\n\n`);
    await sleep(20);
  }
  response.write("event: done\ndata: done\n\n");
});

app.post("/report", express.json(), (request, response) => {
  reports.push(request.body);
  response.status(204).end();
});
app.get("/report", (_request, response) => response.json(reports));

const server = createServer(app);
const sockets = new WebSocketServer({ server, path: "/ws" });
sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(`echo ${data}`)));

export default server;
