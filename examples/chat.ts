// A WebSocket chat: `ws` on the http.Server of an Express application. The server is exported, and does not listen. Each process has a room of
// its own, so there is one.
//
//   npm install express ws
//   npx uwsgi-bridge serve examples/chat.ts --processes 1
//   open http://localhost:8080/ in two browsers
import { createServer } from "node:http";
import { join } from "node:path";
import express from "express";
import { WebSocket, WebSocketServer } from "ws";

const app = express();
app.get("/", (_request, response) => response.sendFile(join(import.meta.dirname, "chat.html")));

const server = createServer(app);
const room = new WebSocketServer({ server, path: "/chat", maxPayload: 4096 });

room.on("connection", (socket) => {
  socket.on("error", () => socket.terminate());
  socket.on("message", (data, isBinary) => {
    for (const member of room.clients) {
      if (member.readyState === WebSocket.OPEN) member.send(data, { binary: isBinary });
    }
  });
});

// A connection on which nothing is said for an hour is closed (--tunnel-idle-timeout); proxies have shorter limits.
setInterval(() => {
  for (const member of room.clients) member.ping();
}, 30_000).unref();

export default server;
