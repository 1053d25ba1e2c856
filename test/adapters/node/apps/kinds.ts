import type { AppKind } from "./app-kind.ts";
import { expressApp } from "./express.ts";
import { fastify } from "./fastify.ts";
import { hono } from "./hono.ts";
import { koa } from "./koa.ts";
import { nest } from "./nest.ts";
import { plain } from "./plain.ts";

/** Everything that people already have. */
export const appKinds: readonly AppKind[] = [plain, expressApp, koa, fastify, nest, hono];
