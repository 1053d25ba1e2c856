import fastify from "fastify";

const app = fastify();
app.register(async () => {
  throw new Error("no such table");
});

export { app };
