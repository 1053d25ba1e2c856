import { join } from "node:path";
import { denyList } from "./deny-list.ts";
import { nginxArguments } from "./nginx.ts";
import type { Places } from "./places.ts";
import { findProgram } from "./programs.ts";
import { staticSite } from "./static-site.ts";
import type { Peer, Workspace } from "./workspace.ts";

/** A process, or a small family of processes, that takes part in a measurement. */
export type PeerName =
  | "nginx"
  | "uwsgi"
  | "uwsgi-router"
  | "serve"
  | "serve-deny"
  | "serve-stages"
  | "front"
  | "front-static"
  | "worker"
  | "node-http"
  | "http-proxy"
  | "fastify-proxy";

interface PeerKind {
  /** A program that has to be installed; none: this Node runs it. */
  readonly program?: "nginx" | "uwsgi";
  readonly args: (places: Places, workspace: Workspace) => readonly string[];
}

const BIN = "bin/uwsgi-bridge.js";
const HELLO_APP = fileOf("hello-app.ts");

const KINDS: Readonly<Record<PeerName, PeerKind>> = {
  nginx: { program: "nginx", args: (places, workspace) => nginxArguments(workspace, places) },
  uwsgi: {
    program: "uwsgi",
    args: ({ uwsgiSocket }) => [
      ...["--plugin", "python3", "--socket", uwsgiSocket, "--wsgi-file", fileOf("hello.py")],
      ...["--master", "--processes", "2", "--die-on-term", "--disable-logging"],
    ],
  },
  "uwsgi-router": {
    program: "uwsgi",
    args: ({ ports, uwsgiSocket }) => [
      ...["--plugin", "http", "--http", `127.0.0.1:${ports.uwsgiRouter}`, "--http-to", uwsgiSocket],
      ...["--http-keepalive", "--master", "--die-on-term", "--disable-logging"],
    ],
  },
  serve: {
    args: ({ ports }) => [BIN, "serve", HELLO_APP, "--http", `127.0.0.1:${ports.serve}`],
  },
  "serve-deny": {
    args: ({ ports }, workspace) => [
      ...[BIN, "serve", HELLO_APP, "--http", `127.0.0.1:${ports.serveDeny}`],
      ...["--deny-file", denyList(workspace)],
    ],
  },
  "serve-stages": {
    args: ({ ports }, workspace) => [
      ...[BIN, "serve", HELLO_APP, "--http", `127.0.0.1:${ports.serveStages}`],
      ...["--deny-file", denyList(workspace), "--trusted-proxies", "10.0.0.0/8"],
      ...["--limit-req", "1000000/s:1000000", "--limit-conn", "100000"],
      ...["--redirect", "/old=/new", "--static-map", `/static=${staticSite(workspace)}`],
      ...["--access-log", workspace.path("access.log"), "--log-format", "combined", "--trace", "on"],
    ],
  },
  front: {
    args: ({ ports, uwsgiSocket }) => [
      ...[BIN, "front", "--to", `unix:${uwsgiSocket}`, "--http", `127.0.0.1:${ports.front}`],
    ],
  },
  "front-static": {
    args: ({ ports }, workspace) => [
      ...[
        BIN,
        "front",
        "--static-map",
        `/=${staticSite(workspace)}`,
        "--http",
        `127.0.0.1:${ports.frontStatic}`,
      ],
    ],
  },
  worker: {
    args: ({ ports, workerSocket }) => [
      ...[
        BIN,
        "worker",
        HELLO_APP,
        "--socket",
        `unix:${workerSocket}`,
        "--socket",
        `127.0.0.1:${ports.worker}`,
      ],
    ],
  },
  "node-http": { args: ({ ports, nodeSocket }) => tsx("node-http.ts", ports.nodeHttp, nodeSocket) },
  "http-proxy": { args: ({ ports }) => tsx("http-proxy.ts", ports.httpProxy, ports.nodeHttp) },
  "fastify-proxy": { args: ({ ports }) => tsx("fastify-proxy.ts", ports.fastifyProxy, ports.nodeHttp) },
};

/** The peers of one run, each started when it is first needed. */
export class Peers {
  readonly #workspace: Workspace;
  readonly #places: Places;
  readonly #started = new Map<PeerName, Peer>();

  constructor(workspace: Workspace, places: Places) {
    this.#workspace = workspace;
    this.#places = places;
  }

  /** The program that this peer needs and this machine lacks. */
  static missingProgram(name: PeerName): string | undefined {
    const { program } = KINDS[name];
    return program !== undefined && findProgram(program) === undefined ? program : undefined;
  }

  start(name: PeerName): Peer {
    const running = this.#started.get(name);
    if (running) return running;
    const { program, args } = KINDS[name];
    const command = (program && findProgram(program)) ?? process.execPath;
    const peer = this.#workspace.start(name, command, args(this.#places, this.#workspace));
    this.#started.set(name, peer);
    return peer;
  }
}

function fileOf(name: string): string {
  return join(import.meta.dirname, "peers", name);
}

function tsx(file: string, ...args: readonly (string | number)[]): string[] {
  return ["--import", "tsx", fileOf(file), ...args.map(String)];
}
