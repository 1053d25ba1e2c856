import type { Transport } from "../case.ts";

/** Where the worker listens, as `net.connect` takes it. */
export type WorkerTarget = { readonly host: string; readonly port: number } | { readonly path: string };

export function transportOf(target: WorkerTarget): Transport {
  return "path" in target ? "unix" : "tcp";
}
