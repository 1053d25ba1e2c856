import { onTestFinished } from "vitest";
import type { Front } from "../../src/front/front.ts";
import type { FrontOptions } from "../../src/front/options.ts";
import type { Endpoint } from "../../src/net/endpoint.ts";
import { startFront } from "./fronts.ts";
import { converseHttp, type HttpAnswer } from "./raw-http.ts";
import type { RecordingLog } from "./recording-log.ts";
import { makeStaticTree, type StaticTree } from "./static-tree.ts";
import { startWorker, textApp } from "./workers.ts";

/** A tree of files, a front that serves some of it, and an application behind it that answers `app`. */
export interface StaticSite {
  readonly tree: StaticTree;
  readonly app: { readonly calls: number };
  readonly front: Front;
  readonly endpoint: Endpoint;
  readonly log: RecordingLog;
  /** Ask for a path, with further header lines if need be. */
  get(path: string, ...lines: readonly string[]): Promise<HttpAnswer>;
  ask(method: string, path: string, ...lines: readonly string[]): Promise<HttpAnswer>;
}

/** Start a site; it is gone when the test is over. */
export async function startStaticSite(
  options: (tree: StaticTree) => Omit<FrontOptions, "to">,
): Promise<StaticSite> {
  const tree = await makeStaticTree();
  onTestFinished(() => tree.remove());
  const app = textApp("app");
  const { endpoint: to } = await startWorker(app);
  const { front, endpoint, log } = await startFront([to], options(tree));
  const ask: StaticSite["ask"] = async (method, path, ...lines) => {
    const fields = ["Host: a.test", ...lines].map((line) => `${line}\r\n`).join("");
    const bytes = `${method} ${path} HTTP/1.1\r\n${fields}\r\n`;
    const { answers } = await converseHttp(endpoint, bytes, { methods: [method], enough: 1, quietMs: 5000 });
    return answers[0] as HttpAnswer;
  };
  return { tree, app, front, endpoint, log, ask, get: (path, ...lines) => ask("GET", path, ...lines) };
}
