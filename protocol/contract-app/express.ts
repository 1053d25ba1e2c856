import { setTimeout as sleep } from "node:timers/promises";
import express, { type Express, type Request, type Response } from "express";
import { countersOf } from "./counters.ts";

/**
 * The contract app for Express, and so for servers that run Node's (request, response) applications. It has the routes that such
 * an application can have: those about the gateway interface itself are left out.
 */
export const app: Express = express();
app.disable("x-powered-by").disable("etag");

const PAUSE_MS = 400;
const BLOCK_EVERY_MS = 5;
const TICK_EVERY_MS = 50;
const BLOCK_BYTES = 65_536;

type Route = (request: Request, response: Response, token: string) => void | Promise<void>;

/** A response that is always the same. */
function fixed(
  status: number,
  fields: Readonly<Record<string, string | string[]>>,
  body: string,
  reason?: string,
): Route {
  return (_request, response) => {
    if (reason !== undefined) response.statusMessage = reason;
    response.writeHead(status, { "Content-Type": "text/plain", ...fields });
    response.end(body, "latin1");
  };
}

/** The same with status 200, a block at a time. */
function blocks(fields: Readonly<Record<string, string>>, ...parts: string[]): Route {
  return (_request, response) => {
    response.writeHead(200, { "Content-Type": "text/plain", ...fields });
    for (const part of parts) response.write(part, "latin1");
    response.end();
  };
}

async function bodyOf(request: Request): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function plain(response: Response, text: string): void {
  response.writeHead(200, { "Content-Type": "text/plain" });
  response.end(text, "latin1");
}

/** Blocks until the client has left, for a minute at most. */
function endless(block: Buffer, everyMs: number): Route {
  return async (_request, response, token) => {
    const counters = countersOf(token);
    response.on("close", () => {
      counters.closes += 1;
    });
    response.writeHead(200, { "Content-Type": "text/plain" });
    for (let number = 0; number < 60_000 / everyMs && !response.destroyed; number += 1) {
      counters.blocks += 1;
      if (!response.write(block)) await drained(response);
      await sleep(everyMs);
    }
    response.end();
  };
}

function drained(response: Response): Promise<void> {
  return new Promise((resolve) => {
    response.once("drain", resolve);
    response.once("close", resolve);
  });
}

function failing(fields: Readonly<Record<string, string>>): Route {
  return async (_request, response) => {
    response.writeHead(200, { "Content-Type": "text/plain", ...fields });
    response.write("part");
    await sleep(50);
    response.destroy(new Error("the contract app fails, as this route is meant to"));
  };
}

const ALL_BYTES = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code));
const MANY_FIELDS = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`X-H${n}`, String(n)]));

const routes: Readonly<Record<string, Route>> = {
  contract: (_request, response) =>
    plain(
      response,
      JSON.stringify({
        contract: 1,
        language: `Express, Node ${process.version}`,
        routes: Object.keys(routes),
      }),
    ),
  counts: (_request, response, token) => plain(response, JSON.stringify(countersOf(token))),
  hello: fixed(200, {}, "hello"),
  call: (_request, response, token) => {
    countersOf(token).calls += 1;
    plain(response, "called");
  },
  read: async (request, response) => plain(response, (await bodyOf(request)).toString("latin1")),
  length: async (request, response) => plain(response, String((await bodyOf(request)).length)),
  ignore: fixed(200, {}, "ignored"),
  "read-short": async (request, response) => {
    const body = await bodyOf(request).catch(() => undefined);
    plain(response, body === undefined ? "error" : `complete ${body.length}`);
  },
  status: (request, response, code) =>
    fixed(Number(code), {}, "status", "Some Reason")(request, response, code),
  "reason-custom": fixed(299, {}, "x", "Very Custom Reason"),
  cookies: (_request, response) => {
    response.writeHead(200, ["Set-Cookie", "a=1", "X-Mid", "m", "Set-Cookie", "b=2"]);
    response.end("x");
  },
  "field-case": fixed(200, { "x-LoWeR-CaSe": "V" }, "x"),
  "field-empty": fixed(200, { "X-Empty": "" }, "x"),
  "field-tab": fixed(200, { "X-Tab": "a\tb" }, "x"),
  "field-long": fixed(200, { "X-Big": "v".repeat(6000) }, "x"),
  "field-underscore": fixed(200, { X_Under_Score: "u" }, "x"),
  "field-colon": fixed(200, { "X-Colon": "a: b, c" }, "x"),
  "fields-many": fixed(200, MANY_FIELDS, "x"),
  redirect: fixed(302, { Location: "/a%20b?c=d#e" }, ""),
  bytes: fixed(200, {}, `${ALL_BYTES}\r\n\n\r`),
  blocks: blocks({}, "a", "b", "c"),
  "blocks-none": blocks({}),
  "blocks-many": blocks({}, ...Array.from({ length: 1000 }, (_, number) => `${number},`)),
  large: blocks({}, ...Array.from({ length: 64 }, () => "A".repeat(BLOCK_BYTES))),
  "large-block": fixed(200, {}, "B".repeat(3_000_000)),
  sized: fixed(200, { "Content-Length": "5" }, "hello"),
  "sized-blocks": blocks({ "Content-Length": "5" }, "he", "llo"),
  "sized-zero": fixed(200, { "Content-Length": "0" }, ""),
  "no-content": (_request, response) => void response.writeHead(204).end(),
  "not-modified": (_request, response) => void response.writeHead(304, { ETag: '"tag"' }).end(),
  "raise-later": failing({}),
  "raise-sized": failing({ "Content-Length": "8" }),
  "slow-blocks": async (_request, response) => {
    response.writeHead(200, { "Content-Type": "text/plain" });
    response.write("first");
    await sleep(PAUSE_MS);
    response.end("second");
  },
  endless: endless(Buffer.alloc(BLOCK_BYTES), BLOCK_EVERY_MS),
  ticks: endless(Buffer.from("."), TICK_EVERY_MS),
};

app.use(async (request, response) => {
  const [, name = "", token = ""] = request.path.split("/");
  const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
  if (route) await route(request, response, token);
  else await fixed(404, {}, "no such route\n")(request, response, token);
});
