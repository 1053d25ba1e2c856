import { Readable } from "node:stream";
import { H3 } from "h3";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cloneRawRequest } from "hono/request";
import { AutoRouter, cors, withContent } from "itty-router";
import { describe, expect, test } from "vitest";
import type { FetchHandler } from "../../../src/adapters/index.ts";
import { nextTurn, valuesOf } from "../../gateway/run-gateway.ts";
import { type FetchSetup, type Kind, kinds, restoreGlobalsAfterEach, runFetch, startFetch } from "./run.ts";

restoreGlobalsAfterEach();

/** What frameworks do with a Request besides reading it, which only a faithful one survives. */
describe.each(kinds)("%s: Hono", (kind) => {
  test("mounts another application, which gets a Request made from this one", async () => {
    const router = AutoRouter();
    router.post("/inner", async (request: Request) => ({ url: request.url, text: await request.text() }));
    const app = new Hono();
    app.mount("/outer", router.fetch);
    const run = await runFetch(app as FetchHandler, post(kind, "/outer/inner?x", "body"));
    expect(JSON.parse(run.body)).toEqual({ url: "http://example.test/inner?x", text: "body" });
  });

  test("limits the body of a request without a length, and hands it on", async () => {
    const app = new Hono();
    app.post("/", bodyLimit({ maxSize: 6 }), async (c) => c.text(await c.req.text()));
    const send = async (body: string) => {
      const vars = { REQUEST_METHOD: "POST", HTTP_TRANSFER_ENCODING: "chunked" };
      const started = startFetch(app as FetchHandler, { kind, vars });
      started.input.receive(Buffer.from(body));
      started.input.finish();
      await started.finished;
      return [started.sink.head?.status, started.sink.body];
    };
    expect(await send("short")).toEqual([200, "short"]);
    expect(await send("too long")).toEqual([413, "Payload Too Large"]);
  });

  test("clones a Request whose body was read", async () => {
    const app = new Hono();
    app.post("/", async (c) => {
      const text = await c.req.text();
      const clone = await cloneRawRequest(c.req);
      return c.text(`${text} ${await clone.text()} ${clone.headers.get("x-a")}`);
    });
    const run = await runFetch(app as FetchHandler, post(kind, "/", "body", { HTTP_X_A: "1" }));
    expect(run.body).toBe("body body 1");
  });

  test("changes a Response that a handler made", async () => {
    const app = new Hono();
    app.use(async (c, next) => {
      await next();
      c.res = new Response(`${await c.res.text()}!`, c.res);
      c.res.headers.append("Set-Cookie", "b=2");
    });
    app.get("/", () => new Response("text", { status: 203, headers: { "X-A": "1", "Set-Cookie": "a=1" } }));
    const run = await runFetch(app as FetchHandler, { kind });
    expect(run).toMatchObject({ status: "203 Non-Authoritative Information", body: "text!" });
    expect(valuesOf(run.headers, "x-a")).toEqual(["1"]);
    expect(valuesOf(run.headers, "set-cookie")).toEqual(["a=1", "b=2"]);
  });
});

describe.each(kinds)("%s: H3", (kind) => {
  test("mounts a fetch handler under a base", async () => {
    const hono = new Hono();
    hono.post("/inner", async (c) => c.text(`${c.req.path} ${await c.req.text()}`));
    const app = new H3({ silent: true });
    app.mount("/outer", hono as FetchHandler);
    const run = await runFetch(app as FetchHandler, post(kind, "/outer/inner", "body"));
    expect(run).toMatchObject({ status: "200 OK", body: "/inner body" });
  });

  test.each([
    ["text", () => "caf\u00e9", "5"],
    ["bytes", () => Buffer.from("caf\u00e9"), "5"],
    ["JSON", () => ["x"], "5"],
    ["nothing", () => null, "0"],
    ["a Blob", () => new Blob(["blob"]), "4"],
  ])("sends %s with its length", async (_what, handler, length) => {
    const run = await runFetch(new H3({ silent: true }).get("/", handler) as FetchHandler, { kind });
    expect(run).toMatchObject({ status: "200 OK", outcome: "complete" });
    expect(run.body).toHaveLength(Number(length));
    expect(
      run.headers.filter(([name]) => name.toLowerCase() === "content-length").map(([, value]) => value),
    ).toEqual([length]);
  });

  test("answers an error of its own", async () => {
    const app = new H3({ silent: true });
    app.get("/", () => {
      throw new Error("secret");
    });
    const run = await runFetch(app as FetchHandler, { kind });
    expect(run.status).toBe("500 Internal Server Error");
    expect(run.body).toContain('"status":500');
    expect(run.body).not.toContain("secret");
  });

  test("sends a stream of Node, and one that can only be piped", async () => {
    const piped = {
      pipe: (target: NodeJS.WritableStream) => Readable.from([Buffer.from("piped")]).pipe(target),
    };
    for (const [body, text] of [
      [Readable.from([Buffer.from("no"), Buffer.from("de")]), "node"],
      [piped, "piped"],
    ] as const) {
      const app = new H3({ silent: true }).get("/", () => body as unknown as ReadableStream);
      expect(await runFetch(app as FetchHandler, { kind })).toMatchObject({
        body: text,
        outcome: "complete",
      });
    }
  });

  test("destroys a stream of Node when the client leaves", async () => {
    const waiting = new Readable({ read: () => undefined });
    const app = new H3({ silent: true }).get("/", () => waiting as unknown as ReadableStream);
    const started = startFetch(app as FetchHandler, { kind });
    await nextTurn();
    started.leave();
    expect(await started.finished).toBe("client-gone");
    expect(waiting.destroyed).toBe(true);
  });

  test("the same Response twice is refused the second time, as its body is gone", async () => {
    const FastResponse = await srvxResponse();
    const shared = new FastResponse("shared", { status: 203 });
    const handler = () => shared;
    expect(await runFetch(handler, { kind })).toMatchObject({ body: "shared" });
    const again = await runFetch(handler, { kind });
    expect(again).toMatchObject({ status: "500 Internal Server Error" });
    expect(again.log.codes).toEqual(["UWB_ERR_RESULT"]);
  });

  test("a Response of srvx that was read is refused", async () => {
    const FastResponse = await srvxResponse();
    for (const read of [
      (response: Response) => response.text(),
      async (response: Response) => {
        const reader = response.body?.getReader();
        await reader?.read();
        reader?.releaseLock();
      },
    ]) {
      const run = await runFetch(
        async () => {
          const response = new FastResponse("text");
          await read(response);
          return response;
        },
        { kind },
      );
      expect(run).toMatchObject({ status: "500 Internal Server Error" });
      expect(run.log.codes).toEqual(["UWB_ERR_RESULT"]);
    }
  });

  test("a Response of srvx may have header values that are numbers, and a status out of range", async () => {
    const FastResponse = await srvxResponse();
    const headers = { "X-Number": 5 } as unknown as Record<string, string>;
    const run = await runFetch(() => new FastResponse("text", { headers }), { kind });
    expect(valuesOf(run.headers, "x-number")).toEqual(["5"]);
    const bad = await runFetch(() => new FastResponse(null, { status: 101 }), { kind });
    expect(bad).toMatchObject({ status: "500 Internal Server Error" });
  });
});

describe.each(kinds)("%s: itty-router", (kind) => {
  test("withContent reads a clone, and the original after it", async () => {
    const router = AutoRouter({ before: [withContent] });
    router.post("/", async (request: Request & { content: unknown }) => ({
      content: request.content,
      text: await request.text(),
    }));
    const run = await runFetch(router as FetchHandler, post(kind, "/", '{"a":1}'));
    expect(JSON.parse(run.body)).toEqual({ content: { a: 1 }, text: '{"a":1}' });
  });

  test("cors makes a Response from another", async () => {
    const { preflight, corsify } = cors();
    const router = AutoRouter({ before: [preflight], finally: [corsify] });
    router.get("/", () => ({ a: 1 }));
    const run = await runFetch(router as FetchHandler, { kind });
    expect(run.body).toBe('{"a":1}');
    expect(valuesOf(run.headers, "access-control-allow-origin")).toEqual(["*"]);
    const options = await runFetch(router as FetchHandler, { kind, vars: { REQUEST_METHOD: "OPTIONS" } });
    expect(options.status).toBe("204 No Content");
  });
});

/** The Response class that H3 gets from srvx, on which it depends. */
async function srvxResponse(): Promise<typeof Response> {
  const response = await new H3().get("/", () => "x").fetch(new Request("http://a.test/"));
  expect(response).toHaveProperty("_toNodeResponse");
  return response.constructor as typeof Response;
}

function post(
  kind: Kind,
  path: string,
  body: string,
  vars: Readonly<Record<string, string>> = {},
): FetchSetup {
  const [pathname = ""] = path.split("?");
  return { kind, body, vars: { REQUEST_METHOD: "POST", REQUEST_URI: path, PATH_INFO: pathname, ...vars } };
}
