import Koa from "koa";

const app = new Koa();
app.use((context) => {
  context.set("X-App", "koa");
  context.body = "hello from koa";
});

export default app;
