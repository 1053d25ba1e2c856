import type { RequestListener, Server } from "node:http";
import type { Application } from "../gateway/types.ts";
import type { FetchHandler } from "./fetch/from-fetch.ts";
import { loadStep } from "./load-step.ts";
import type { FoundApplication } from "./module-exports.ts";
import type { NodeAdapterOptions } from "./node/from-node.ts";

/** An application that was made ready. */
export interface ReadyApplication {
  readonly application: Application;
  /** Free what the framework holds. */
  readonly close?: () => unknown;
}

/** How to make an application ready. */
export interface ReadyOptions extends NodeAdapterOptions {
  readonly timeoutMs: number;
}

/** The part of Fastify that is used. */
interface Fastify {
  ready(): PromiseLike<unknown>;
  readonly routing: RequestListener;
  close?(): unknown;
}

/** The part of NestJS that is used. */
interface Nest {
  init(): Promise<unknown>;
  getHttpServer(): Server;
  close?(): unknown;
}

/** The part of Koa that is used. */
interface Koa {
  callback(): RequestListener;
}

/**
 * Turn what a module exports into a gateway application. Frameworks that have something to do before the first request do it now.
 *
 * @throws {@link ConfigError} `UWB_ERR_APP_LOAD` when the framework fails to get ready, or takes longer than `timeoutMs`.
 */
export async function readyApplication(
  { kind, value }: FoundApplication,
  { timeoutMs, ...options }: ReadyOptions,
): Promise<ReadyApplication> {
  switch (kind) {
    case "gateway":
      return { application: value as Application };
    case "fetch":
      return { application: await fetchApplication(value as FetchHandler) };
    case "server":
    case "listener":
      return { application: await nodeApplication(value as Server | RequestListener, options) };
    case "koa":
      return { application: await nodeApplication((value as Koa).callback(), options) };
    case "fastify": {
      const app = value as Fastify;
      await loadStep("ready() of the Fastify application", timeoutMs, () => app.ready());
      return { application: await nodeApplication(app.routing, options), close: () => app.close?.() };
    }
    case "nest": {
      const app = value as Nest;
      await loadStep("init() of the NestJS application", timeoutMs, () => app.init());
      return { application: await nodeApplication(app.getHttpServer(), options), close: () => app.close?.() };
    }
  }
}

// Each adapter is loaded when there is something to adapt.

async function fetchApplication(target: FetchHandler): Promise<Application> {
  const { fromFetch } = await import("./fetch/from-fetch.ts");
  return fromFetch(target);
}

async function nodeApplication(
  target: Server | RequestListener,
  options: NodeAdapterOptions,
): Promise<Application> {
  const { fromNode } = await import("./node/from-node.ts");
  return fromNode(target, options);
}
