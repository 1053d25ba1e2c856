import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Endpoint } from "../../src/net/endpoint.ts";

/** Any free port of this machine. */
export const anyPort: Endpoint = { type: "tcp", host: "127.0.0.1", port: 0 };

/** A directory that is gone after the test. */
export async function temporaryDirectory(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "uwsgi-bridge-test-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
