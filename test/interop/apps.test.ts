import { afterAll, beforeAll, describe } from "vitest";
import type { Endpoint } from "../../src/net/endpoint.ts";
import { type AppWay, type AppWorker, startAppWorker } from "../adapters/node/app-way.ts";
import type { AppKind } from "../adapters/node/apps/app-kind.ts";
import { appKinds } from "../adapters/node/apps/kinds.ts";
import { flowRows } from "../adapters/node/flow-rows.ts";
import { requestRows } from "../adapters/node/request-rows.ts";
import { responseRows } from "../adapters/node/response-rows.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { type Transport, transports } from "../support/workers.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { describeWith } from "./peers.ts";

/** nginx stops sending an upload as soon as the response begins. */
const TRAITS = { givesUpUploads: true };

const ways = appKinds.flatMap((kind) => transports.map((transport) => ({ kind, transport })));

describeWith(["nginx"], "applications behind nginx", () => {
  let directory: string;
  let nginx: Nginx;
  const workers = new Map<AppKind, AppWorker>();

  beforeAll(async () => {
    directory = await makeTempDir();
    for (const kind of appKinds) workers.set(kind, await startAppWorker(kind));
    const addresses = ways.map(({ kind, transport }) => addressOf(workers.get(kind), transport));
    const upstreams = ways.map((way, index) => `${hostOf(way)} ${addresses[index]};`).join("\n");
    nginx = await startNginx(
      directory,
      addresses,
      `map $host $app { ${upstreams} } ${server("uwsgi_request_buffering off;")}`,
      server("uwsgi_param HTTPS on;"),
    );
  });

  afterAll(async () => {
    await nginx.program.stop();
    for (const worker of workers.values()) await worker.close();
    await removeTempDir(directory);
  });

  describe.each(ways)("$kind.name over $transport", (way) => {
    const { kind } = way;
    const at = (index: number): number => nginx.ports[index] ?? 0;
    const appWay = (): AppWay => ({
      stage: (workers.get(kind) as AppWorker).stage,
      port: at(ways.indexOf(way)),
      streamingPort: at(ways.length),
      securePort: at(ways.length + 1),
      host: hostOf(way),
    });

    requestRows(kind, appWay, TRAITS);
    responseRows(kind, appWay, TRAITS);
    flowRows(kind, appWay);
  });
});

interface KindAndTransport {
  readonly kind: AppKind;
  readonly transport: Transport;
}

function hostOf({ kind, transport }: KindAndTransport): string {
  return `${kind.name.toLowerCase()}.${transport}.test`;
}

function addressOf(worker: AppWorker | undefined, transport: Transport): string {
  const endpoint: Endpoint | undefined = worker?.endpoints[transport];
  if (endpoint?.type === "unix") return `unix:${endpoint.path}`;
  return endpoint?.type === "tcp" ? `${endpoint.host}:${endpoint.port}` : "";
}

/** A server that finds the application by the host it is asked for. */
function server(directive: string): string {
  return `server {
    listen 127.0.0.1:{port};
    location / {
      include uwsgi_params;
      ${directive}
      uwsgi_pass $app;
    }
  }`;
}
