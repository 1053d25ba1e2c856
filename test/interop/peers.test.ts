import { expect, test } from "vitest";
import { isInstalled, peerNames } from "./installations.ts";
import { arePeersRequired } from "./peers.ts";

test.for(peerNames)("%s is installed", (peer, { skip }) => {
  const isThere = isInstalled(peer);
  if (!isThere && !arePeersRequired) {
    process.stderr.write(
      `interop: ${peer} is not installed, its tests are SKIPPED: run test/interop/setup\n`,
    );
    skip();
  }
  expect(isThere).toBe(true);
});
