import fastify from "fastify";

async function bootstrap() {
  const app = fastify();
  app.get("/hello", async (_request, reply) => {
    reply.header("X-App", "fastify");
    return "hello from later";
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  await app.listen({ port: Number(process.env.PORT ?? 3000) });
}

bootstrap();
