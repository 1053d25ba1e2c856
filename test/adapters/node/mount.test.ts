import express from "express";
import { describe, expect, test } from "vitest";
import { fromNode, type NodeAdapterOptions, type NodeListener } from "../../../src/adapters/index.ts";
import { bodyOf, converse, requestBytes } from "../../support/raw-peer.ts";
import { startWorker } from "../../support/workers.ts";
import { withBrokenNode } from "./broken-node.ts";

const MOUNTED = {
  SCRIPT_NAME: "/app",
  PATH_INFO: "/sub/x",
  REQUEST_URI: "/app/sub/x?y=1",
  QUERY_STRING: "y=1",
};

/** What an application says about where it is. */
type Facts = Readonly<Record<string, unknown>>;

const makers: Readonly<
  Record<string, (target: NodeListener, options?: NodeAdapterOptions) => ReturnType<typeof fromNode>>
> = {
  "on the socket": fromNode,
  "on a stand-in": (target, options) => {
    const app = fromNode(target, options);
    return (environ, startResponse) => app(environ, startResponse);
  },
  "through the parser": (target, options) => withBrokenNode(() => fromNode(target, options)),
};

describe.each(Object.entries(makers))("%s", (_mode, make) => {
  const factsOf = async (target: NodeListener, options?: NodeAdapterOptions): Promise<Facts> => {
    const { endpoint } = await startWorker(make(target, options));
    return JSON.parse(bodyOf((await converse(endpoint, [requestBytes(MOUNTED)])).text)) as Facts;
  };

  test("a plain application sees what is below its mount point", async () => {
    const facts = await factsOf((request, response) => {
      const { url } = request;
      const { originalUrl, baseUrl, environ } = request as unknown as Record<string, Facts>;
      response.end(JSON.stringify({ url, originalUrl, baseUrl, script: environ?.["SCRIPT_NAME"] }));
    });
    expect(facts).toEqual({
      url: "/sub/x?y=1",
      originalUrl: "/app/sub/x?y=1",
      baseUrl: "/app",
      script: "/app",
    });
  });

  test("Express routes below it, and routers continue from it", async () => {
    const app = express();
    const router = express.Router().get("/x", ({ url, baseUrl, originalUrl, path }, response) => {
      response.json({ url, baseUrl, originalUrl, path });
    });
    expect(await factsOf(app.use("/sub", router))).toEqual({
      url: "/x?y=1",
      baseUrl: "/app/sub",
      originalUrl: "/app/sub/x?y=1",
      path: "/x",
    });
  });

  test("mount keep: the application sees the whole", async () => {
    const app = express().get("/app/sub/x", ({ url, baseUrl, originalUrl }, response) => {
      response.json({ url, baseUrl, originalUrl });
    });
    const whole = "/app/sub/x?y=1";
    expect(await factsOf(app, { mount: "keep" })).toEqual({ url: whole, baseUrl: "", originalUrl: whole });
  });
});
