// A Hono application as it is, without a server package. H3, itty-router and anything else with a method fetch run the same way.
//
//   npm install hono
//   npx uwsgi-bridge serve examples/hono.ts
//   curl localhost:8080/
import { Hono } from "hono";
import type { FetchContext } from "uwsgi-bridge/adapters";

const app = new Hono<{ Bindings: FetchContext }>();

app.get("/", (context) => {
  // What Cloudflare calls bindings is here the context of the request, with its environ.
  const { remoteAddress, environ } = context.env;
  return context.json({ framework: "hono", ip: remoteAddress, protocol: environ["wsgi.url_scheme"] });
});

export default app;
