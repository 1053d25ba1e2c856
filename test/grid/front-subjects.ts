import { VERSION } from "../../src/version.ts";
import { startApache } from "../interop/apache.ts";
import { startFront } from "../interop/front.ts";
import type { PeerName } from "../interop/installations.ts";
import { startLighttpd } from "../interop/lighttpd.ts";
import { startNginx } from "../interop/nginx.ts";
import { startUwsgi } from "../interop/uwsgi.ts";
import type { Program } from "../support/process.ts";
import { programVersion } from "./program-version.ts";
import type { Place, Subject } from "./subject.ts";

/** A front that serves HTTP on a port. */
interface Started {
  readonly port: number;
  readonly programs: readonly Program[];
}

interface Row extends Pick<Subject, "id" | "name" | "setup"> {
  /** @defaultValue this project */
  readonly peer?: PeerName;
  version(): string;
  /** @defaultValue `"tcp"` */
  readonly transport?: "tcp" | "unix";
  /** @param worker - As most spell it: `host:port`, or a path. */
  start(place: Place, worker: string, workerPort: number): Promise<Started>;
}

const rows: readonly Row[] = [
  {
    id: "nginx",
    name: "nginx",
    peer: "nginx",
    setup: "`uwsgi_pass` with Debian's `uwsgi_params`",
    version: () => programVersion("nginx", ["-v"]),
    start: async ({ directory }, worker) => {
      const { ports, program } = await startNginx(directory, [worker]);
      return { port: ports[0] ?? 0, programs: [program] };
    },
  },
  {
    id: "apache",
    name: "Apache",
    peer: "apache",
    setup: "`mod_proxy_uwsgi`, `ProxyPass / uwsgi://WORKER/`",
    version: () => programVersion("apache2", ["-v"]),
    start: async ({ directory }, worker) => {
      const { ports, program } = await startApache(directory, [`uwsgi://${worker}`]);
      return { port: ports[0] ?? 0, programs: [program] };
    },
  },
  {
    id: "lighttpd",
    name: "lighttpd",
    peer: "lighttpd",
    setup: '`mod_scgi` with `scgi.protocol = "uwsgi"` and `server.stream-response-body = 1`',
    version: () => programVersion("lighttpd", ["-v"]),
    start: async ({ directory }, _worker, port) => {
      const started = await startLighttpd(directory, { type: "tcp", host: "127.0.0.1", port });
      return { port: started.port, programs: [started.program] };
    },
  },
  httpRouter("http-router", "http router", []),
  httpRouter("http-router-keepalive", "http router, keep-alive", ["--http-keepalive"]),
  {
    id: "fastrouter-front",
    name: "fastrouter",
    peer: "uwsgi",
    setup:
      "our front before `uwsgi --fastrouter ADDRESS --fastrouter-to WORKER`: what differs from it is the router's",
    version: () => programVersion("uwsgi", ["--version"]),
    start: async ({ directory, port: freePort }, worker) => {
      const address = `127.0.0.1:${await freePort()}`;
      const [host = "", port] = address.split(":");
      const flags = ["--fastrouter", address, "--fastrouter-to", worker];
      const router = await startUwsgi(flags, [{ host, port: Number(port) }], { cwd: directory });
      const front = await startFront(address);
      return { port: front.port, programs: [front.program, router] };
    },
  },
  ours("tcp"),
  ours("unix"),
];

/** Everything that turns HTTP into packets, in its plainest configuration before one server. */
export const frontSubjects: readonly Subject[] = rows.map(
  ({ peer, transport = "tcp", start, ...row }): Subject => ({
    ...row,
    suite: "front",
    needs: peer ? [peer] : [],
    isOurs: peer === undefined,
    start: async (place) => {
      const workerPort = await place.port();
      const path = `${place.directory}/worker.sock`;
      const worker = transport === "unix" ? path : `127.0.0.1:${workerPort}`;
      const { port, programs } = await start(place, worker, workerPort);
      const listen = transport === "unix" ? `unix:${path}` : worker;
      return {
        flags: ["--url", `http://127.0.0.1:${port}`, "--listen", listen],
        stop: async () => {
          for (const program of programs) await program.stop();
        },
      };
    },
  }),
);

function httpRouter(id: string, name: string, flags: readonly string[]): Row {
  return {
    id,
    name,
    peer: "uwsgi",
    setup: ["`uwsgi --http ADDRESS --http-to WORKER", ...flags].join(" ").concat("`"),
    version: () => programVersion("uwsgi", ["--version"]),
    start: async ({ directory, port: freePort }, worker) => {
      const port = await freePort();
      const own = ["--http", `127.0.0.1:${port}`, "--http-to", worker, ...flags];
      const program = await startUwsgi(own, [{ host: "127.0.0.1", port }], { cwd: directory });
      return { port, programs: [program] };
    },
  };
}

function ours(transport: "tcp" | "unix"): Row {
  return {
    id: `our-front-${transport}`,
    name: transport === "tcp" ? "ours, TCP" : "ours, Unix",
    setup: "`uwsgi-bridge front --to WORKER`",
    version: () => VERSION,
    transport,
    start: async (_place, worker) => {
      const to = transport === "unix" ? `unix:${worker}` : worker;
      const { port, program } = await startFront(to);
      return { port, programs: [program] };
    },
  };
}
