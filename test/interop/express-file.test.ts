import { join } from "node:path";
import type { Express } from "express";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { fromNode } from "../../src/adapters/index.ts";
import { createFront, type Front } from "../../src/front/front.ts";
import { HOP_BY_HOP } from "../../src/gateway/hop-by-hop.ts";
import { formatEndpoint } from "../../src/net/endpoint.ts";
import { createWorker, type Worker } from "../../src/worker/worker.ts";
import { anyPort } from "../support/endpoints.ts";
import { type HttpRequest, sendHttp } from "../support/http-client.ts";
import { type Program, startProgram } from "../support/process.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { describeWith } from "./peers.ts";

const FILE = join(import.meta.dirname, "apps/express-app.mjs");
/** What servers say about themselves, beside the fields of the connection. */
const OF_THE_SERVER = new Set([...HOP_BY_HOP, "date", "server"]);
const FORM = ["Content-Type", "application/x-www-form-urlencoded"] as const;

const requests: readonly HttpRequest[] = [
  { path: "/json?a=1&b=%20" },
  { path: "/json", headers: [["If-None-Match", "*"]] },
  { path: "/html" },
  { path: "/html", method: "HEAD" },
  { path: "/static/plain.py" },
  { path: "/static/plain.py", method: "HEAD" },
  { path: "/static/plain.py", headers: [["Range", "bytes=5-20"]] },
  { path: "/static/plain.py", headers: [["Range", "bytes=-7"]] },
  { path: "/static/plain.py", headers: [["Range", "bytes=99999999-"]] },
  { path: "/static/plain.py", headers: [["If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"]] },
  { path: "/static/missing" },
  { path: "/redirect" },
  { path: "/cookies" },
  { path: "/nowhere" },
  { path: "/nowhere", method: "DELETE" },
  { path: "/throw" },
  { path: "/reject" },
  { path: "/nothing" },
  { path: "/stream" },
  { path: "/stream", method: "HEAD" },
  { path: "/bare" },
  { path: "/vary" },
  { path: "/large" },
  { path: "/json", method: "OPTIONS" },
  { path: "/form", headers: [FORM], body: Buffer.from("a=1&b=x+y&a=2") },
  { path: "/text", headers: [["Content-Type", "text/plain"]], body: Buffer.alloc(100_000, "text ") },
  { path: "/client", headers: [["Host", "shop.test"]] },
];

describeWith(["nginx"], "one Express file", () => {
  let directory: string;
  let itself: Program;
  let worker: Worker;
  let front: Front;
  let nginx: Nginx;
  const ports = new Map<string, number>();

  beforeAll(async () => {
    // Express reports the errors it answers.
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    directory = await makeTempDir();
    itself = startProgram(process.execPath, [FILE], { env: { PORT: "0" } });
    const [, port] = await itself.untilOutput(/listening on (\d+)/);
    ports.set("by node", Number(port));

    const { app } = (await import(FILE)) as { app: Express };
    worker = createWorker(fromNode(app));
    const path = join(directory, "app.sock");
    const unix = await worker.listen({ type: "unix", path }, { mode: 0o666 });
    const tcp = formatEndpoint(await worker.listen(anyPort));
    nginx = await startNginx(directory, [`unix:${path}`, tcp]);
    ports.set("behind nginx, over a Unix socket", nginx.ports[0] ?? 0);
    ports.set("behind nginx, over TCP", nginx.ports[1] ?? 0);

    front = createFront({ to: [formatEndpoint(unix)] });
    const http = await front.listen(anyPort);
    ports.set("behind our front", http.type === "tcp" ? http.port : 0);
  });

  afterAll(async () => {
    vi.restoreAllMocks();
    await nginx.program.stop();
    await front.close(0);
    await worker.close(0);
    await itself.stop();
    await removeTempDir(directory);
  });

  test.each(requests)("$path, method $method, $headers: the same from all", async (request) => {
    const [[, baseline = 0] = [], ...others] = ports;
    const expected = await answerOf(baseline, request);
    expect(expected.isWhole).toBe(true);
    for (const [way, port] of others) {
      const answer = await answerOf(port, request);
      expect({ way, ...withFramingOf(expected, answer) }).toEqual({ way, ...expected });
    }
  });
});

/** Everything about an answer that is the application's. */
interface AppAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly isWhole: boolean;
}

async function answerOf(port: number, request: HttpRequest): Promise<AppAnswer> {
  const { status, reason, headers, text, isWhole } = await sendHttp(port, request);
  const ofTheApp = headers
    .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
    .filter((line) => !OF_THE_SERVER.has(line.slice(0, line.indexOf(":"))));
  return { status, reason, headers: ofTheApp.sort(), body: text, isWhole };
}

/** Where one server chunks a body, another that has all of it may tell its length: the frame is not the application's. */
function withFramingOf(expected: AppAnswer, answer: AppAnswer): AppAnswer {
  const length = `content-length: ${answer.body.length}`;
  if (expected.headers.some((line) => line.startsWith("content-length:"))) return answer;
  return { ...answer, headers: answer.headers.filter((line) => line !== length) };
}
