import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startStaticSite } from "../../support/static-site.ts";

const MKNOD = "mknod";

test("a socket is no file", async () => {
  const site = await startStaticSite(({ www }) => ({ staticMaps: { "/s": www } }));
  let connections = 0;
  const server = createServer(() => {
    connections += 1;
  });
  await once(server.listen(join(site.tree.www, "socket")), "listening");
  onTestFinished(() => void server.close());
  expect(await site.get("/s/socket")).toMatchObject({ status: 404, isComplete: true });
  expect([connections, site.app.calls]).toEqual([0, 0]);
});

test.for([
  ["of characters, with bytes without end", ["c", "1", "5"]],
  ["of characters, with nothing in it", ["c", "1", "3"]],
  ["of blocks", ["b", "7", "0"]],
] as const)("a device %s is no file", async ([, numbers], { skip }) => {
  const site = await startStaticSite(({ www }) => ({ staticMaps: { "/s": www } }));
  const { status } = spawnSync(MKNOD, [join(site.tree.www, "node"), ...numbers]);
  // Only root may make one, and not in every container.
  if (status !== 0) skip();
  for (const method of ["GET", "HEAD"]) {
    expect(await site.ask(method, "/s/node")).toMatchObject({ status: 404, isComplete: true });
  }
  expect(site.app.calls).toBe(0);
});
