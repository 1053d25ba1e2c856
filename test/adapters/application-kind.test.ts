import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import express from "express";
import fastify from "fastify";
import { defineHandler, H3 } from "h3";
import { Hono } from "hono";
import { AutoRouter } from "itty-router";
import Koa from "koa";
import { describe, expect, test } from "vitest";
import {
  type ApplicationKind,
  applicationKind,
  describeExport,
  type Interface,
} from "../../src/adapters/application-kind.ts";
import { fromFetch } from "../../src/adapters/index.ts";
import { fromNode } from "../../src/adapters/node/from-node.ts";
import { defineApplication } from "../../src/gateway/define-application.ts";
import { withDirectHandler } from "../../src/gateway/direct.ts";
import { validator } from "../../src/index.ts";

// Loops instead of test.each, which looks at every property of a row: some of Fastify throw.
type Row = readonly [what: string, value: unknown, kind: ApplicationKind | undefined];

const listener = (_request: unknown, response: { end(): void }): void => response.end();
const branded = defineApplication(() => []);
const method = (): void => undefined;

describe("the default export", () => {
  const rows: readonly Row[] = [
    ["a branded function", branded, "gateway"],
    [
      "a branded function with a method fetch",
      Object.assign(
        defineApplication(() => []),
        { fetch: method },
      ),
      "gateway",
    ],
    ["what fromFetch returns", fromFetch(() => new Response()), "gateway"],
    ["what fromNode returns", fromNode(listener), "gateway"],
    ["what validator returns", validator(() => []), "gateway"],
    [
      "a function that runs on the socket",
      withDirectHandler(
        () => [],
        () => ({}) as never,
      ),
      "gateway",
    ],
    ["an http.Server", createServer(), "server"],
    ["an http.Server with a method fetch", Object.assign(createServer(), { fetch: method }), "server"],
    ["a Hono application", new Hono(), "fetch"],
    ["an H3 application", new H3(), "fetch"],
    ["a handler of H3", defineHandler(() => "x"), "fetch"],
    ["a router whose every property is a function", AutoRouter(), "fetch"],
    ["an object with fetch, as for Cloudflare", { fetch: method }, "fetch"],
    ["a class with a static fetch", Object.assign(class {}, { fetch: method }), "fetch"],
    ["an object with fetch and callback", { fetch: method, callback: method }, "fetch"],
    ["a Fastify application", fastify(), "fastify"],
    ["an object with init and getHttpAdapter", { init: method, getHttpAdapter: method }, "nest"],
    ["a Koa application", new Koa(), "koa"],
    ["an Express application", express(), "listener"],
    ["a router of Express", express.Router(), "listener"],
    ["a plain function (req, res)", listener, "listener"],
    [
      "an unbranded function (environ, startResponse)",
      (_environ: unknown, _start: unknown) => [],
      "listener",
    ],
    ["a function with a method callback", Object.assign(() => undefined, { callback: method }), "listener"],
    ["an async function", async () => undefined, "listener"],
    ["a class", class App {}, undefined],
    ["a generator function", function* () {}, undefined],
    ["an async generator function", async function* () {}, undefined],
    ["a function that inherits from a branded one", Object.setPrototypeOf({}, branded), undefined],
    ["an https.Server", createSecureServer(), undefined],
    ["an object with ready, but without routing", { ready: method }, undefined],
    ["an object with init only", { init: method }, undefined],
    ["an object whose fetch is no function", { fetch: "x" }, undefined],
    ["an empty object", {}, undefined],
    ["an array", [listener], undefined],
    ["a string", "app", undefined],
    ["a number", 1, undefined],
    ["null", null, undefined],
    ["undefined", undefined, undefined],
  ];
  for (const [what, value, kind] of rows) {
    test(what, () => expect(applicationKind(value, { exportName: "default" })).toBe(kind));
  }
});

describe("the export application", () => {
  const rows: readonly Row[] = [
    ["an unbranded function", () => [], "gateway"],
    ["a generator function", function* () {}, "gateway"],
    ["a function with a method fetch", Object.assign(() => [], { fetch: method }), "gateway"],
    ["an Express application, which is a function", express(), "gateway"],
    ["a Koa application", new Koa(), "koa"],
    ["a Hono application", new Hono(), "fetch"],
    ["an http.Server", createServer(), "server"],
    ["a class", class {}, undefined],
    ["an object", {}, undefined],
  ];
  for (const [what, value, kind] of rows) {
    test(what, () => expect(applicationKind(value, { exportName: "application" })).toBe(kind));
  }
});

describe("what the user says wins", () => {
  const rows: readonly (readonly [forced: Interface, ...Row])[] = [
    ["gateway", "an unbranded function", () => [], "gateway"],
    ["gateway", "an Express application", express(), "gateway"],
    ["gateway", "a generator function", function* () {}, "gateway"],
    ["gateway", "a class", class {}, undefined],
    ["gateway", "an http.Server", createServer(), undefined],
    ["gateway", "a Hono application", new Hono(), undefined],
    ["node", "a branded function", branded, "listener"],
    ["node", "an http.Server", createServer(), "server"],
    ["node", "a Fastify application", fastify(), "fastify"],
    ["node", "a Koa application", new Koa(), "koa"],
    ["node", "a function with a method fetch", Object.assign(() => undefined, { fetch: method }), "listener"],
    ["node", "a Koa application with a method fetch", Object.assign(new Koa(), { fetch: method }), "koa"],
    ["node", "an object with fetch", { fetch: method }, undefined],
    ["fetch", "a bare function", () => new Response(), "fetch"],
    ["fetch", "a branded function", branded, "fetch"],
    ["fetch", "an object with fetch", { fetch: method }, "fetch"],
    ["fetch", "an http.Server", createServer(), undefined],
    ["fetch", "a Koa application", new Koa(), undefined],
    ["fetch", "a class", class {}, undefined],
  ];
  for (const [forced, what, value, kind] of rows) {
    test(`--interface ${forced}, ${what}`, () => {
      for (const exportName of ["default", "application"]) {
        expect(applicationKind(value, { exportName, forced })).toBe(kind);
      }
    });
  }
});

const described: readonly (readonly [value: unknown, text: string])[] = [
  [branded, "a gateway application"],
  [listener, "a function (req, res)"],
  [fastify(), "a Fastify application"],
  [class {}, "a class"],
  [async function* () {}, "a generator function"],
  ["text", "a string"],
  [null, "null"],
  [{}, "an object (Object)"],
];

test.each(described.map(([value, text]) => ({ text, value: () => value })))("$text", ({ text, value }) => {
  expect(describeExport(value(), "default")).toBe(text);
});
