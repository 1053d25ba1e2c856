import { describe } from "vitest";
import { isInstalled, type PeerName } from "./installations.ts";

/** With `UWSGI_BRIDGE_INTEROP=require` a missing peer is a failure, without it a reason to skip. */
export const arePeersRequired = process.env["UWSGI_BRIDGE_INTEROP"] === "require";

/** A `describe` whose tests are skipped when one of the peers is missing, unless peers are required. */
export function describeWith(needed: readonly PeerName[], name: string, tests: () => void): void {
  describe.runIf(arePeersRequired || needed.every(isInstalled))(name, tests);
}
