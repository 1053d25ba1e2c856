import type { PeerName } from "./peers.ts";
import type { PortName } from "./places.ts";
import { LARGE_FILE } from "./static-site.ts";

/** One way for a request to be answered. */
export interface Subject {
  /** For `--only` and the JSON file. */
  readonly name: string;
  readonly label: string;
  readonly peers: readonly PeerName[];
  /** Where it is asked. */
  readonly port: PortName;
  /** What it is asked for. @defaultValue the short text that all of them have */
  readonly path?: string;
}

/** What every other subject is compared with. */
export const REFERENCE = "nginx-uwsgi";

export const SUBJECTS: readonly Subject[] = [
  { name: "serve", label: "uwsgi-bridge serve", peers: ["serve"], port: "serve" },
  { name: "serve-deny", label: "the same, 50,000 denied", peers: ["serve-deny"], port: "serveDeny" },
  { name: "serve-stages", label: "the same, all stages", peers: ["serve-stages"], port: "serveStages" },
  { name: REFERENCE, label: "nginx -> uWSGI, unix", peers: ["nginx", "uwsgi"], port: "nginxToUwsgi" },
  {
    name: "uwsgi-router",
    label: "uWSGI http router -> uWSGI",
    peers: ["uwsgi-router", "uwsgi"],
    port: "uwsgiRouter",
  },
  {
    name: "nginx-worker",
    label: "nginx -> our worker, unix",
    peers: ["nginx", "worker"],
    port: "nginxToWorkerUnix",
  },
  {
    name: "nginx-node",
    label: "nginx -> node:http, unix",
    peers: ["nginx", "node-http"],
    port: "nginxToNodeUnix",
  },
  {
    name: "nginx-worker-tcp",
    label: "nginx -> our worker, TCP",
    peers: ["nginx", "worker"],
    port: "nginxToWorkerTcp",
  },
  {
    name: "nginx-node-tcp",
    label: "nginx -> node:http, TCP",
    peers: ["nginx", "node-http"],
    port: "nginxToNodeTcp",
  },
  { name: "front-uwsgi", label: "our front -> uWSGI, unix", peers: ["front", "uwsgi"], port: "front" },
  {
    name: "http-proxy",
    label: "http-proxy -> node:http",
    peers: ["http-proxy", "node-http"],
    port: "httpProxy",
  },
  {
    name: "fastify-proxy",
    label: "@fastify/http-proxy -> node:http",
    peers: ["fastify-proxy", "node-http"],
    port: "fastifyProxy",
  },
  { name: "node-http", label: "node:http alone", peers: ["node-http"], port: "nodeHttp" },
  { name: "nginx-static", label: "nginx, static file", peers: ["nginx"], port: "nginxStatic" },
  { name: "front-static", label: "our front, static file", peers: ["front-static"], port: "frontStatic" },
  {
    name: "nginx-static-10mb",
    label: "nginx, file of 10 MB",
    peers: ["nginx"],
    port: "nginxStatic",
    path: LARGE_FILE.path,
  },
  {
    name: "front-static-10mb",
    label: "our front, file of 10 MB",
    peers: ["front-static"],
    port: "frontStatic",
    path: LARGE_FILE.path,
  },
];

/** A ratio that this project promises itself. It is printed beside its aim, and nothing fails when it is missed. */
export interface Headline {
  readonly of: string;
  readonly to: string;
  readonly aim: number | undefined;
}

export const HEADLINES: readonly Headline[] = [
  { of: "serve", to: REFERENCE, aim: 1 },
  { of: "serve", to: "uwsgi-router", aim: 2 },
  { of: "serve", to: "http-proxy", aim: 2.5 },
  { of: "serve", to: "fastify-proxy", aim: 2.5 },
  { of: "serve-deny", to: "serve", aim: 0.95 },
  { of: "serve-stages", to: "serve", aim: 0.9 },
  { of: "front-uwsgi", to: "uwsgi-router", aim: 0.9 },
  { of: "nginx-worker", to: "nginx-node", aim: 1.1 },
  { of: "nginx-worker-tcp", to: "nginx-node-tcp", aim: undefined },
  { of: "front-static", to: "nginx-static", aim: 0.6 },
  { of: "front-static-10mb", to: "nginx-static-10mb", aim: 0.6 },
];
