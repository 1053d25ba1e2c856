import fastify from "fastify";

const app = fastify();
app.get("/hello", async (_request, reply) => {
  reply.header("X-App", "fastify");
  return "hello from fastify";
});
app.addHook("onClose", async () => {
  globalThis.fastifyClosed = true;
});

export default app;
