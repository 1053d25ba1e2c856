import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { installLightGlobals, restoreNativeGlobals } from "../../../src/adapters/fetch/light-globals.ts";
import { fromFetch } from "../../../src/adapters/index.ts";
import { ended, nextTurn, runToEnd, valuesOf } from "../../gateway/run-gateway.ts";
import { runFetch, seenBy, startFetch } from "./run.ts";

const natives = { Request: globalThis.Request, Response: globalThis.Response, fetch: globalThis.fetch };
const light = { kind: "light" } as const;

afterEach(() => {
  restoreNativeGlobals();
  expect(globalsNow()).toEqual(natives);
});

describe("the globals", () => {
  test("are Node's own, whatever native handlers do", async () => {
    await runFetch(() => new Response("x"), { kind: "native" });
    expect(globalsNow()).toEqual(natives);
  });

  test("are patched by the first light handler, once, and restored", () => {
    const handler = (): Response => new Response("x");
    fromFetch(handler, { requestObject: "light" });
    const patched = globalsNow();
    for (const name of ["Request", "Response", "fetch"] as const) {
      expect(patched[name]).not.toBe(natives[name]);
      expect(patched[name].name).toBe(name);
    }
    fromFetch(handler, { requestObject: "light" });
    expect(globalsNow()).toEqual(patched);
    restoreNativeGlobals();
    expect(globalsNow()).toEqual(natives);
    restoreNativeGlobals();
    expect(globalsNow()).toEqual(natives);
  });

  test("what somebody else replaced since is left alone", () => {
    installLightGlobals();
    const other = (): Promise<Response> => Promise.resolve(new Response("other"));
    globalThis.fetch = other;
    onTestFinished(() => {
      globalThis.fetch = natives.fetch;
    });
    restoreNativeGlobals();
    expect(globalsNow()).toEqual({ ...natives, fetch: other });
    globalThis.fetch = natives.fetch;
  });

  test("instanceof takes native and light ones for the same, and nothing else", async () => {
    const nativeRequest = new natives.Request("http://a.test");
    const nativeResponse = new natives.Response("x");
    const lightRequest = await seenBy((request) => request, light);
    const lightResponse = new Response("x");
    expect(lightResponse.constructor).not.toBe(natives.Response);
    for (const one of [nativeRequest, lightRequest]) {
      expect([one instanceof Request, one instanceof natives.Request]).toEqual([true, true]);
    }
    for (const one of [nativeResponse, lightResponse]) {
      expect([one instanceof Response, one instanceof natives.Response]).toEqual([true, true]);
    }
    expect([lightRequest instanceof Response, lightResponse instanceof Request]).toEqual([false, false]);
    expect([{}, null, undefined, "x"].some((value: unknown) => value instanceof Response)).toBe(false);
  });

  test("can be extended, and instanceof knows the subclass", () => {
    installLightGlobals();
    class Teapot extends Response {
      readonly isPot = true;
    }
    class Call extends Request {
      readonly isCall = true;
    }
    const pot = new Teapot("x", { status: 418 });
    const call = new Call("http://a.test/");
    expect([pot instanceof Teapot, pot instanceof Response, pot.isPot, pot.status]).toEqual([
      true,
      true,
      true,
      418,
    ]);
    expect([call instanceof Call, call instanceof Request, call.isCall, call.url]).toEqual([
      ...[true, true, true],
      "http://a.test/",
    ]);
    expect([new Response("x") instanceof Teapot, new natives.Response("x") instanceof Teapot]).toEqual([
      false,
      false,
    ]);
    expect(new Request("http://a.test/") instanceof Call).toBe(false);
  });

  test("without the patch a light Request is no argument for Node's own Request: that is why", async () => {
    const request = await seenBy((one) => one, light);
    expect(() => new natives.Request(request)).toThrow();
  });

  test("fetch takes a light Request, with its body, and any other argument", async () => {
    const server = createServer((req, res) => {
      req.setEncoding("utf8");
      let body = "";
      req.on("data", (text: string) => {
        body += text;
      });
      req.on("end", () => res.end(`${req.method} ${req.headers["x-a"]} ${body}`));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const run = await runFetch(
      async (request) => {
        const forwarded = await (await fetch(request)).text();
        const plain = await (await fetch(`http://${host}/`, { headers: { "x-a": "2" } })).text();
        return new Response(`${forwarded}, ${plain}`);
      },
      {
        ...light,
        vars: { REQUEST_METHOD: "POST", HTTP_HOST: host, HTTP_X_A: "1", REQUEST_URI: "/" },
        body: "body",
      },
    );
    expect(run.body).toBe("POST 1 body, GET 2 ");
  });
});

describe("a light Request", () => {
  test("can be inspected, before and after, and that leaves the body alone", async () => {
    const seen = await seenBy(
      async (request) => {
        const before = inspect(request);
        return [before, request.bodyUsed, await request.text(), inspect(request)];
      },
      { ...light, vars: { REQUEST_METHOD: "POST", REQUEST_URI: "/x" }, body: "body" },
    );
    expect(seen).toEqual([
      expect.stringContaining("http://example.test/x"),
      false,
      "body",
      expect.stringContaining("http://example.test/x"),
    ]);
  });

  test("keeps its headers when it becomes a real one, whichever was asked for first", async () => {
    const seen = await seenBy(
      (request) => {
        const { headers } = request;
        headers.set("x-a", "2");
        const clone = request.clone();
        headers.set("x-a", "3");
        const later = request.clone();
        return [clone.headers.get("x-a"), later.headers.get("x-a"), headers === request.headers];
      },
      { ...light, vars: { HTTP_X_A: "1" } },
    );
    expect(seen).toEqual(["2", "3", true]);
    const other = await seenBy((request) => {
      request.clone();
      request.headers.set("x-a", "4");
      return request.clone().headers.get("x-a");
    }, light);
    expect(other).toBe("4");
  });

  test("a Proxy around it works, as frameworks put one", async () => {
    const seen = await seenBy(
      (request) => {
        const proxy = new Proxy(request, {
          get(target, name) {
            const value: unknown = Reflect.get(target, name);
            return typeof value === "function" ? value.bind(target) : value;
          },
        });
        return Promise.all([proxy.method, proxy.url, proxy.text(), proxy instanceof Request]);
      },
      { ...light, vars: { REQUEST_METHOD: "POST" }, body: "body" },
    );
    expect(seen).toEqual(["POST", "http://example.test/", "body", true]);
  });

  test("reads the input directly: no stream, nothing read twice", async () => {
    const started = startFetch(
      async (request) => {
        const text = await request.text();
        return new Response(`${text} ${started.input.remaining}`);
      },
      { ...light, vars: { REQUEST_METHOD: "POST", CONTENT_LENGTH: "4" } },
    );
    const { input } = started;
    const chunks = input.chunks.bind(input);
    let streams = 0;
    input.chunks = () => {
      streams += 1;
      return chunks();
    };
    input.receive(Buffer.from("body"));
    expect((await ended(started)).body).toBe("body 0");
    expect(streams).toBe(0);
  });
});

describe("a light Response", () => {
  test.each([
    ["text", () => new Response("caf\u00e9"), "5"],
    ["bytes", () => new Response(Buffer.from("caf\u00e9")), "5"],
    ["JSON", () => Response.json("caf\u00e9"), "7"],
    ["no text", () => new Response(""), "0"],
    ["text whose headers were changed", () => withHeader(new Response("text")), "4"],
  ])(
    "of %s is sent with its length, in one piece, and HEAD tells the length too",
    async (_what, make, length) => {
      const run = await runFetch(() => make(), light);
      expect(valuesOf(run.headers, "Content-Length")).toEqual([length]);
      expect(run.sink.blocks.length).toBeLessThanOrEqual(1);
      const head = await runFetch(() => make(), { ...light, vars: { REQUEST_METHOD: "HEAD" } });
      expect(valuesOf(head.headers, "Content-Length")).toEqual([length]);
      expect(head.body).toBe("");
    },
  );

  test("HEAD does not add a length to that of the handler, be it right or wrong", async () => {
    for (const length of ["4", "9"]) {
      const make = (): Response => new Response("text", { headers: { "Content-Length": length } });
      const head = await runFetch(make, { ...light, vars: { REQUEST_METHOD: "HEAD" } });
      expect(head.status).toBe("200 OK");
      expect(head.headers.filter(([name]) => name.toLowerCase() === "content-length")).toEqual([
        ["content-length", length],
      ]);
    }
  });

  test("is used once it was sent", async () => {
    let response: Response | undefined;
    await runFetch(() => {
      response = new Response("text");
      expect(response.bodyUsed).toBe(false);
      return response;
    }, light);
    expect(response?.bodyUsed).toBe(true);
    await expect(response?.text()).rejects.toThrow(TypeError);
    expect(() => response?.clone()).toThrow(TypeError);
  });

  test("from a handler outside of the patch is sent all the same", async () => {
    const app = fromFetch(() => new natives.Response("native"), { requestObject: "light" });
    expect(await runToEnd(app)).toMatchObject({ body: "native" });
  });
});

function globalsNow(): typeof natives {
  const { Request, Response, fetch } = globalThis;
  return { Request, Response, fetch };
}

function withHeader(response: Response): Response {
  response.headers.set("x-a", "1");
  return response;
}

test("nothing is left over for the next file", async () => {
  await nextTurn();
  expect(globalsNow()).toEqual(natives);
});
