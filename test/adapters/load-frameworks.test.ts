import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { ApplicationKind } from "../../src/adapters/application-kind.ts";
import { type LoadOptions, loadApp } from "../../src/adapters/load-app.ts";
import { runToEnd } from "../gateway/run-gateway.ts";

const APPS = fileURLToPath(new URL("apps/", import.meta.url));

interface Row {
  readonly name: string;
  readonly kind: ApplicationKind;
  readonly by: string;
  readonly text: string;
  readonly options?: LoadOptions;
}

const rows: readonly Row[] = [
  { name: "express.mjs", kind: "listener", by: "express", text: "hello from express" },
  { name: "express.cjs", kind: "listener", by: "express", text: "hello from cjs" },
  { name: "express-ts/src/app.ts", kind: "listener", by: "express", text: "hello through a path" },
  { name: "compiled.cjs", kind: "listener", by: "node", text: "hello from compiled" },
  { name: "koa.mjs", kind: "koa", by: "koa", text: "hello from koa" },
  { name: "fastify.mjs", kind: "fastify", by: "fastify", text: "hello from fastify" },
  { name: "fastify.mjs:create()", kind: "fastify", by: "fastify", text: "hello from fastify" },
  { name: "fastify.mjs:createLater()", kind: "fastify", by: "fastify", text: "hello from fastify" },
  { name: "nest.ts", kind: "nest", by: "nest", text: "hello from nest" },
  { name: "nest.ts:create()", kind: "nest", by: "nest", text: "hello from nest" },
  { name: "hono.ts", kind: "fetch", by: "hono", text: "hello from hono" },
  { name: "h3.ts", kind: "fetch", by: "h3", text: "hello from h3" },
  { name: "itty.mjs", kind: "fetch", by: "itty", text: "hello from itty" },
  { name: "plain.mjs", kind: "listener", by: "node", text: "hello from plain" },
  { name: "plain.mjs:named", kind: "listener", by: "node", text: "hello from named" },
  { name: "server.mjs", kind: "server", by: "node", text: "hello from server" },
  { name: "gateway.mjs", kind: "gateway", by: "gateway", text: "hello from gateway" },
  { name: "gateway.mjs:application", kind: "gateway", by: "gateway", text: "hello from gateway" },
  { name: "gateway-branded.ts", kind: "gateway", by: "gateway", text: "hello from branded" },
  { name: "wrapped.ts", kind: "gateway", by: "hono", text: "hello from wrapped" },
  { name: "wrapped.ts:validated", kind: "gateway", by: "hono", text: "hello from wrapped" },
  { name: "factories.mjs:create()", kind: "listener", by: "node", text: "hello from create" },
  { name: "factories.mjs:createLater()", kind: "listener", by: "node", text: "hello from later" },
  {
    name: "gateway.mjs:admin",
    options: { interface: "gateway" },
    kind: "gateway",
    by: "gateway",
    text: "hello from gateway",
  },
  {
    name: "bare-fetch.mjs",
    options: { interface: "fetch" },
    kind: "fetch",
    by: "fetch",
    text: "hello from bare",
  },
];

test.each(rows)("$name is loaded as $kind and answers", async ({ name, options, kind, by, text }) => {
  const loaded = await loadApp(name, APPS, options);
  expect(loaded.kind).toBe(kind);
  const vars = { PATH_INFO: "/hello", REQUEST_URI: "/hello" };
  const { status, headers, body, log } = await runToEnd(loaded.application, { vars });
  expect({ status, body, lines: log.lines }).toEqual({ status: "200 OK", body: text, lines: [] });
  expect(headers.find(([header]) => header.toLowerCase() === "x-app")?.[1]).toBe(by);
  await loaded.shutdown();
});

test.each([
  { mount: undefined, url: "/url?a=b" },
  { mount: "strip", url: "/url?a=b" },
  { mount: "keep", url: "/shop/url?a=b" },
] as const)("mount $mount: a Node application under /shop sees $url", async ({ mount, url }) => {
  const { application } = await loadApp("url.mjs", APPS, { mount });
  const vars = { SCRIPT_NAME: "/shop", PATH_INFO: "/url", QUERY_STRING: "a=b", REQUEST_URI: "/shop/url?a=b" };
  expect((await runToEnd(application, { vars })).body).toBe(url);
});

test("shutdown closes a Fastify application", async () => {
  const closed = (): unknown => Reflect.get(globalThis, "fastifyClosed") ?? 0;
  const before = closed() as number;
  const { shutdown } = await loadApp("fastify.mjs:create()", APPS);
  await shutdown();
  expect(closed()).toBe(before + 1);
});
