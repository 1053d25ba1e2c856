import { freePort, type Workspace } from "./workspace.ts";

const PORT_NAMES = [
  "serve",
  "serveDeny",
  "serveStages",
  "front",
  "uwsgiRouter",
  "worker",
  "nodeHttp",
  "httpProxy",
  "fastifyProxy",
  "nginxToUwsgi",
  "nginxToWorkerUnix",
  "nginxToWorkerTcp",
  "nginxToNodeUnix",
  "nginxToNodeTcp",
  "nginxStatic",
  "frontStatic",
] as const;

/** A TCP port of this run, by what listens there. */
export type PortName = (typeof PORT_NAMES)[number];

/** Where everything listens in this run. */
export interface Places {
  readonly ports: Readonly<Record<PortName, number>>;
  readonly uwsgiSocket: string;
  readonly workerSocket: string;
  readonly nodeSocket: string;
}

export async function choosePlaces(workspace: Workspace): Promise<Places> {
  const ports = new Set<number>();
  while (ports.size < PORT_NAMES.length) ports.add(await freePort());
  const numbers = [...ports];
  return {
    ports: Object.fromEntries(PORT_NAMES.map((name, index) => [name, numbers[index]])) as Places["ports"],
    uwsgiSocket: workspace.path("uwsgi.sock"),
    workerSocket: workspace.path("worker.sock"),
    nodeSocket: workspace.path("node.sock"),
  };
}
