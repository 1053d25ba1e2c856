import type { WorkerTarget } from "../../protocol/conformance/worker/worker-target.ts";
import { application } from "../../protocol/contract-app/app.ts";
import type { Application } from "../../src/gateway/types.ts";
import type { WorkerOptions } from "../../src/worker/options.ts";
import { startWorker, type Transport } from "../support/workers.ts";

/** Our worker with the contract app; closed when the test is over. */
export async function startContractWorker(
  transport: Transport,
  options: WorkerOptions = {},
): Promise<WorkerTarget> {
  const { endpoint } = await startWorker(application as unknown as Application, options, { transport });
  if (endpoint.type === "fd") throw new Error("the suite can not connect to a descriptor");
  return endpoint.type === "unix" ? { path: endpoint.path } : { host: endpoint.host, port: endpoint.port };
}
