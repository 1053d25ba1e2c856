import fastify from "fastify";

export function create() {
  const app = fastify();
  app.get("/hello", async (_request, reply) => {
    reply.header("X-App", "fastify");
    return "hello from fastify";
  });
  app.addHook("onClose", async () => {
    globalThis.fastifyClosed = (globalThis.fastifyClosed ?? 0) + 1;
  });
  return app;
}

export const createLater = async () => create();

export default create();
