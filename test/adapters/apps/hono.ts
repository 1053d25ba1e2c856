import { Hono } from "hono";

const app = new Hono();
app.get("/hello", (context) => context.text("hello from hono", 200, { "X-App": "hono" }));

export default app;
