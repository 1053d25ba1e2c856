import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { Hono } from "hono";
import type { FetchContext, FetchHandler } from "../../../../src/adapters/index.ts";
import { type AppKind, COOKIES, SENT_FILE } from "./app-kind.ts";
import { countBytes } from "./count-bytes.ts";

/** Hono, which knows requests as the web does. */
export const hono: AppKind = {
  name: "Hono",
  isNode: false,
  breaksOff: false,
  sendsFiles: false,
  clientFacts: [],
  start: (stage) => {
    const app = new Hono<{ Bindings: FetchContext }>();
    app.get("/hello/:name", (c) =>
      c.text(`hello ${c.req.param("name")} ${c.req.query("q")} ${c.req.header("x-a")}`),
    );
    app.post("/json", async (c) => c.json({ got: (await c.req.json()) as object }));
    app.post("/upload", async (c) => c.text(String(await countBytes(c.req.raw.body))));
    app.get("/stream", (c) => c.body(webStream(Readable.from([Buffer.from("1;"), Buffer.from("2;3;")]))));
    app.get("/live/:key", (c) => {
      c.header("X-Accel-Buffering", "no");
      return c.body(webStream(Readable.from(stage.channel<Buffer>(c.req.param("key")))));
    });
    app.get("/cookies", (c) => {
      for (const cookie of COOKIES) c.header("Set-Cookie", cookie, { append: true });
      return c.text("cookies");
    });
    app.get("/nothing", (c) => c.body(null, 204));
    app.get("/redirect", (c) => c.redirect("/there"));
    app.get("/throw", () => {
      throw new Error("as a test wants it to");
    });
    app.get("/reject", () => Promise.reject(new Error("as a test wants it to")));
    app.get("/file", (c) => {
      c.header("Content-Type", "text/plain");
      return c.body(webStream(createReadStream(SENT_FILE)));
    });
    app.get("/leave/:key", (c) => {
      const seen = stage.channel<string>(c.req.param("key"));
      c.req.raw.signal.addEventListener("abort", () => seen.push("aborted"));
      seen.push("called");
      return new Promise<Response>(() => undefined);
    });
    app.onError((_error, c) => c.text("Internal Server Error", 500));
    return { fetch: app as FetchHandler };
  },
};

function webStream(readable: Readable): ReadableStream<Uint8Array> {
  return Readable.toWeb(readable) as ReadableStream<Uint8Array>;
}
