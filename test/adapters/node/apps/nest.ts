import "reflect-metadata";
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import {
  All,
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Module,
  Param,
  Post,
  Query,
  Redirect,
  Req,
  Res,
  StreamableFile,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { Request, Response } from "express";
import type { Channel } from "../../../support/channel.ts";
import type { Stage } from "../../../support/stage.ts";
import { type AppKind, COOKIES, SENT_FILE } from "./app-kind.ts";
import { countBytes } from "./count-bytes.ts";
import { nodePage } from "./node-pages.ts";

/** NestJS 11 on Express. Its decorators are called as the functions they are. */
export const nest: AppKind = {
  name: "NestJS",
  isNode: true,
  breaksOff: true,
  sendsFiles: true,
  clientFacts: ["ip", "protocol", "secure"],
  start: async (stage) => {
    const app = await NestFactory.create(moduleOf(stage), { logger: false });
    await app.init();
    return { node: app.getHttpServer(), close: () => app.close() };
  },
};

function moduleOf(stage: Stage): new () => object {
  class Pages {
    raw(params: { page: string; key: string }, request: Request, response: Response): void {
      nodePage(params, stage, { request, response });
    }
    hello(name: string, q: string, a: string): string {
      return `hello ${name} ${q} ${a}`;
    }
    json(body: unknown): object {
      return { got: body };
    }
    async upload(request: IncomingMessage): Promise<string> {
      return String(await countBytes(request));
    }
    stream(): StreamableFile {
      return new StreamableFile(Readable.from([Buffer.from("1;"), Buffer.from("2;"), Buffer.from("3;")]));
    }
    live(key: string, response: Response): StreamableFile {
      response.set("X-Accel-Buffering", "no");
      const made: Channel<Buffer> = stage.channel(key);
      return new StreamableFile(Readable.from(made));
    }
    cookies(response: Response): string {
      for (const cookie of COOKIES) response.append("Set-Cookie", cookie);
      return "cookies";
    }
    reason(response: Response): string {
      response.statusMessage = "Made Up";
      return "reason";
    }
    nothing(): void {}
    redirect(): void {}
    client({ ip, protocol, secure }: Request): object {
      return { ip, protocol, secure };
    }
    throw(): never {
      throw new Error("as a test wants it to");
    }
    reject(): Promise<never> {
      return Promise.reject(new Error("as a test wants it to"));
    }
    file(response: Response): void {
      response.sendFile(SENT_FILE);
    }
  }

  const passThrough = Res({ passthrough: true });
  Controller()(Pages);
  decorate(Pages, "raw", [All("raw/:page/:key")], [Param(), Req(), Res()]);
  decorate(Pages, "hello", [Get("hello/:name")], [Param("name"), Query("q"), Headers("x-a")]);
  decorate(Pages, "json", [Post("json"), HttpCode(200)], [Body()]);
  decorate(Pages, "upload", [Post("upload"), HttpCode(200)], [Req()]);
  decorate(Pages, "stream", [Get("stream")], []);
  decorate(Pages, "live", [Get("live/:key")], [Param("key"), passThrough]);
  decorate(Pages, "cookies", [Get("cookies")], [passThrough]);
  decorate(Pages, "reason", [Get("reason"), HttpCode(201)], [passThrough]);
  decorate(Pages, "nothing", [Get("nothing"), HttpCode(204)], []);
  decorate(Pages, "redirect", [Get("redirect"), Redirect("/there")], []);
  decorate(Pages, "client", [Get("client")], [Req()]);
  decorate(Pages, "throw", [Get("throw")], []);
  decorate(Pages, "reject", [Get("reject")], []);
  decorate(Pages, "file", [Get("file")], [Res()]);

  class Root {}
  Module({ controllers: [Pages] })(Root);
  return Root;
}

/** What the decorators of a method and of its parameters would do. */
function decorate(
  type: { readonly prototype: object },
  name: string,
  ofMethod: readonly MethodDecorator[],
  ofParameters: readonly ParameterDecorator[],
): void {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, name);
  if (!descriptor) throw new Error(`no method ${name}`);
  ofParameters.forEach((apply, index) => {
    apply(type.prototype, name, index);
  });
  for (const apply of ofMethod) apply(type.prototype, name, descriptor);
}
