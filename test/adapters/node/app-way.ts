import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { fromFetch } from "../../../src/adapters/index.ts";
import { createFront, type Front } from "../../../src/front/front.ts";
import type { FrontOptions } from "../../../src/front/options.ts";
import type { Application } from "../../../src/gateway/types.ts";
import { type Endpoint, formatEndpoint } from "../../../src/net/endpoint.ts";
import { createWorker, type Worker } from "../../../src/worker/worker.ts";
import { anyPort } from "../../support/endpoints.ts";
import { RecordingLog } from "../../support/recording-log.ts";
import { Stage } from "../../support/stage.ts";
import { makeTempDir, removeTempDir } from "../../support/temp-dir.ts";
import type { AppKind, AppTarget } from "./apps/app-kind.ts";
import { makers, type RunMode } from "./modes.ts";

/** A way from an HTTP client to one application. */
export interface AppWay {
  readonly stage: Stage;
  /** Where HTTP is served on 127.0.0.1. */
  readonly port: number;
  /** The same without request buffering. */
  readonly streamingPort: number;
  /** The same, by a front that says that its client came over HTTPS. */
  readonly securePort: number | undefined;
  /** What a request to {@link securePort} and {@link streamingPort} has to ask for. */
  readonly host: string;
}

/** A worker that runs an application, on a Unix socket and on a port. */
export interface AppWorker {
  readonly worker: Worker;
  readonly stage: Stage;
  readonly log: RecordingLog;
  readonly endpoints: { readonly unix: Endpoint; readonly tcp: Endpoint };
  close(): Promise<void>;
}

/** Peers that gave up being root must be able to connect. */
const OPEN_TO_ALL = 0o666;

export async function startAppWorker(kind: AppKind, mode: RunMode = "on the socket"): Promise<AppWorker> {
  const stage = new Stage();
  const directory = await makeTempDir();
  const target = await kind.start(stage);
  const log = new RecordingLog();
  const worker = createWorker(applicationOf(target, mode), { log });
  const unix = await worker.listen(
    { type: "unix", path: join(directory, "app.sock") },
    { mode: OPEN_TO_ALL },
  );
  const tcp = await worker.listen(anyPort);
  const close = async (): Promise<void> => {
    await worker.close(0);
    if ("close" in target) await target.close?.();
    await removeTempDir(directory);
  };
  return { worker, stage, log, endpoints: { unix, tcp }, close };
}

function applicationOf(target: AppTarget, mode: RunMode): Application {
  return "fetch" in target ? fromFetch(target.fetch) : makers[mode](target.node);
}

/** Our fronts before a worker. */
export async function startFronts(worker: AppWorker): Promise<AppWay & { close(): Promise<void> }> {
  const fronts: Front[] = [];
  const start = async (options: Omit<FrontOptions, "to">): Promise<number> => {
    const front = createFront({ ...options, to: [formatEndpoint(worker.endpoints.unix)] });
    fronts.push(front);
    const endpoint = await front.listen(anyPort);
    return endpoint.type === "tcp" ? endpoint.port : 0;
  };
  return {
    stage: worker.stage,
    port: await start({}),
    streamingPort: await start({ requestBuffering: false }),
    securePort: await start({ params: { HTTPS: "on", REQUEST_SCHEME: "https" } }),
    host: "127.0.0.1",
    close: async () => {
      await Promise.all(fronts.map((front) => front.close(0)));
    },
  };
}

/** The application behind Node's own server: what everything else is compared with. */
export async function startBaseline(kind: AppKind): Promise<AppWay & { close(): Promise<void> }> {
  const stage = new Stage();
  const target = await kind.start(stage);
  const server = serverOf(target);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    if ("close" in target && target.close) await target.close();
    else await new Promise((resolve) => server.close(resolve));
  };
  return { stage, port, streamingPort: port, securePort: undefined, host: "127.0.0.1", close };
}

function serverOf(target: AppTarget): Server {
  if ("fetch" in target) {
    const listener = getRequestListener(target.fetch.fetch.bind(target.fetch) as never);
    return createServer((request, response) => void listener(request, response));
  }
  return typeof target.node === "function" ? createServer(target.node) : target.node;
}
