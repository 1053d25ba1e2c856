import { H3, readBody, redirect } from "h3";
import { Hono } from "hono";
import { AutoRouter } from "itty-router";
import type { FetchContext, FetchHandler } from "../../../src/adapters/index.ts";

/** What an application under test is made with. */
export interface AppParts {
  /** Started by `/background`, and given to waitUntil. */
  readonly background: () => Promise<unknown>;
}

const cookies = ["a=1; Path=/", "b=2"] as const;

/** The same application in four ways: the routes are those of {@link bare}. */
export const apps: Record<string, (parts: AppParts) => FetchHandler> = {
  bare,
  Hono: hono,
  H3: h3,
  "itty-router": itty,
};

function bare({ background }: AppParts): FetchHandler {
  return {
    async fetch(request, context) {
      const { pathname, searchParams } = new URL(request.url);
      switch (`${request.method} ${pathname}`) {
        case "GET /hello/you":
        case "HEAD /hello/you":
          return new Response(`hello you ${searchParams.get("q")} ${request.headers.get("x-a")}`);
        case "POST /json":
          return Response.json({ got: await request.json() });
        case "POST /form":
          return new Response(String((await request.formData()).get("a")));
        case "POST /upload":
          return new Response(String(await countBytes(request.body)));
        case "POST /echo":
          return new Response(request.body);
        case "GET /stream":
          return new Response(numbered(3), { headers: { "X-Stream": "1" } });
        case "GET /cookies":
          return new Response(null, { headers: cookies.map((cookie) => ["Set-Cookie", cookie]) });
        case "GET /redirect":
          return new Response(null, { status: 302, headers: { Location: "/there" } });
        case "GET /nothing":
          return new Response(null, { status: 204 });
        case "GET /address":
          return new Response(context?.remoteAddress);
        case "GET /background":
          context?.waitUntil(background());
          return new Response("started");
        default:
          return new Response("nothing here", { status: 404 });
      }
    },
  };
}

function hono({ background }: AppParts): FetchHandler {
  const app = new Hono<{ Bindings: FetchContext }>();
  app.use(async (c, next) => {
    await next();
    c.header("X-Middleware", "hono");
  });
  app.get("/hello/:name", (c) =>
    c.text(`hello ${c.req.param("name")} ${c.req.query("q")} ${c.req.header("x-a")}`),
  );
  app.post("/json", async (c) => c.json({ got: await c.req.json() }));
  app.post("/form", async (c) => c.text(String((await c.req.parseBody())["a"])));
  app.post("/upload", async (c) => c.text(String(await countBytes(c.req.raw.body))));
  app.post("/echo", (c) => new Response(c.req.raw.body));
  app.get("/stream", (c) => c.body(numbered(3), 200, { "X-Stream": "1" }));
  app.get("/cookies", (c) => {
    for (const cookie of cookies) c.header("Set-Cookie", cookie, { append: true });
    return c.body(null);
  });
  app.get("/redirect", (c) => c.redirect("/there"));
  app.get("/nothing", (c) => c.body(null, 204));
  app.get("/address", (c) => c.text(c.env.remoteAddress ?? "none"));
  app.get("/background", (c) => {
    c.executionCtx.waitUntil(background());
    return c.text("started");
  });
  return app as FetchHandler;
}

function h3({ background }: AppParts): FetchHandler {
  const app = new H3({ silent: true });
  app.get("/hello/:name", ({ context, url, req }) => {
    return `hello ${context.params?.["name"]} ${url.searchParams.get("q")} ${req.headers.get("x-a")}`;
  });
  app.post("/json", async (event) => ({ got: await readBody(event) }));
  app.post("/form", async ({ req }) => (await req.formData()).get("a"));
  app.post("/upload", async ({ req }) => String(await countBytes(req.body)));
  app.post("/echo", ({ req }) => req.body);
  app.get("/stream", ({ res }) => {
    res.headers.set("X-Stream", "1");
    return numbered(3);
  });
  app.get("/cookies", ({ res }) => {
    for (const cookie of cookies) res.headers.append("Set-Cookie", cookie);
    return null;
  });
  app.get("/redirect", () => redirect("/there"));
  app.get("/nothing", ({ res }) => {
    res.status = 204;
  });
  app.get("/address", ({ req }) => req.ip ?? "none");
  app.get("/background", (event) => {
    event.waitUntil(background());
    return "started";
  });
  return app as FetchHandler;
}

/** What itty-router adds to a Request. Its own types can not be resolved by the rules of Node. */
interface IttyRequest extends Request {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

function itty({ background }: AppParts): FetchHandler {
  const router = AutoRouter();
  router.get("/hello/:name", ({ params, query, headers }: IttyRequest) => {
    return new Response(`hello ${params["name"]} ${query["q"]} ${headers.get("x-a")}`);
  });
  router.head("/hello/:name", () => new Response("hello"));
  router.post("/json", async (request: Request) => ({ got: await request.json() }));
  router.post("/form", async (request: Request) => new Response(String((await request.formData()).get("a"))));
  router.post("/upload", async ({ body }: Request) => new Response(String(await countBytes(body))));
  router.post("/echo", ({ body }: Request) => new Response(body));
  router.get("/stream", () => new Response(numbered(3), { headers: { "X-Stream": "1" } }));
  router.get(
    "/cookies",
    () => new Response(null, { headers: cookies.map((cookie) => ["Set-Cookie", cookie]) }),
  );
  router.get("/redirect", () => new Response(null, { status: 302, headers: { Location: "/there" } }));
  router.get("/nothing", () => new Response(null, { status: 204 }));
  router.get("/address", (_request: Request, context: FetchContext) => new Response(context.remoteAddress));
  router.get("/background", (_request: Request, { waitUntil }: FetchContext) => {
    waitUntil(background());
    return new Response("started");
  });
  return router as FetchHandler;
}

/** A stream of that many numbers. */
function numbered(count: number): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      next += 1;
      if (next > count) controller.close();
      else controller.enqueue(new TextEncoder().encode(`${next};`));
    },
  });
}

async function countBytes(body: ReadableStream<Uint8Array> | null): Promise<number> {
  let count = 0;
  for await (const block of body ?? []) count += block.length;
  return count;
}
