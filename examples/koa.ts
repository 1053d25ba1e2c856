// A Koa application as it is: it is exported, and does not listen.
//
//   npm install koa
//   npx uwsgi-bridge serve examples/koa.ts
//   curl localhost:8080/
import Koa from "koa";

const app = new Koa();

app.use(async (context, next) => {
  const startedAt = performance.now();
  await next();
  context.set("Server-Timing", `app;dur=${(performance.now() - startedAt).toFixed(1)}`);
});

app.use((context) => {
  // The client's own address and scheme, whatever stands in front: without "app.proxy".
  context.body = { framework: "koa", ip: context.ip, protocol: context.protocol };
});

export default app;
