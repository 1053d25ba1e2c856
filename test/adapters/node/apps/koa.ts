import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import Koa, { type Context } from "koa";
import type { Stage } from "../../../support/stage.ts";
import { type AppKind, COOKIES, SENT_FILE } from "./app-kind.ts";
import { countBytes } from "./count-bytes.ts";
import { nodePage } from "./node-pages.ts";

type Page = (context: Context, argument: string, stage: Stage) => unknown;

/** Koa 3, with a router of a few lines. */
export const koa: AppKind = {
  name: "Koa",
  isNode: true,
  breaksOff: false,
  sendsFiles: false,
  clientFacts: ["ip", "protocol", "secure"],
  start: (stage) => {
    const app = new Koa();
    app.silent = true;
    app.use(async (context) => {
      const [, first = "", page = "", key = ""] = context.path.split("/");
      if (first === "raw") {
        context.respond = false;
        context.res.statusCode = 200;
        return nodePage({ page, key }, stage, { request: context.req, response: context.res });
      }
      await pages[first]?.(context, page, stage);
    });
    return { node: app.callback() };
  },
};

const pages: Readonly<Record<string, Page>> = {
  hello: (context, name) => {
    context.body = `hello ${name} ${String(context.query["q"])} ${context.get("x-a")}`;
  },
  json: async (context) => {
    const blocks: Buffer[] = [];
    for await (const block of context.req) blocks.push(block as Buffer);
    context.body = { got: JSON.parse(Buffer.concat(blocks).toString()) as unknown };
  },
  upload: async (context) => {
    context.body = String(await countBytes(context.req));
  },
  stream: (context) => {
    context.body = Readable.from(["1;", "2;", "3;"]);
  },
  live: (context, key, stage) => {
    context.set("X-Accel-Buffering", "no");
    context.body = Readable.from(stage.channel<Buffer>(key));
  },
  cookies: (context) => {
    for (const cookie of COOKIES) context.append("Set-Cookie", cookie);
    context.body = "cookies";
  },
  reason: (context) => {
    context.status = 201;
    context.message = "Made Up";
    context.body = "reason";
  },
  nothing: (context) => {
    context.status = 204;
  },
  redirect: (context) => context.redirect("/there"),
  client: (context) => {
    const { ip, protocol, secure } = context;
    context.body = { ip, protocol, secure };
  },
  throw: () => {
    throw new Error("as a test wants it to");
  },
  reject: () => Promise.reject(new Error("as a test wants it to")),
  file: (context) => {
    context.type = "text";
    context.body = createReadStream(SENT_FILE);
  },
};
