// A Fastify application as it is: it is exported, and does not listen. The worker waits for ready(), and calls close() at the end.
//
//   npm install fastify
//   npx uwsgi-bridge serve examples/fastify.ts
//   curl localhost:8080/
import fastify from "fastify";

const app = fastify();

app.get("/", async (request) => {
  // The client's own address and scheme, whatever stands in front: without "trustProxy".
  return { framework: "fastify", ip: request.ip, protocol: request.protocol };
});

app.addHook("onClose", async () => console.log("fastify is closed"));

export default app;
