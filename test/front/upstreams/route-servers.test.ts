import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createFront } from "../../../src/front/front.ts";
import { parseTargetOptions } from "../../../src/front/routes/target-options.ts";
import { BalancedFront, times } from "../../support/balanced-front.ts";
import { MoodyWorker } from "../../support/moody-worker.ts";

test("the servers of a route have weights and backups of their own", async () => {
  const [a, b, c] = [
    await MoodyWorker.start("a"),
    await MoodyWorker.start("b"),
    await MoodyWorker.start("c"),
  ];
  const to = [`${a.to};weight=2`, b.to, `${c.to};backup`];
  const front = await BalancedFront.start({ routes: [{ path: "/x", to }] });
  expect(await front.seen(6, { path: "/x" })).toEqual(["a", "b", "a", "a", "b", "a"]);
  a.die();
  b.die();
  expect(await front.seen(2, { path: "/x" })).toEqual(times(2, "c"));
});

test("each route has a cookie of its own", async () => {
  const [a, b] = [await MoodyWorker.start("a"), await MoodyWorker.start("b")];
  const to = [a.to, b.to];
  const front = await BalancedFront.start({ lb: "sticky", to, routes: [{ path: "/x", to }] });
  const names = [];
  for (const path of ["/", "/x"])
    names.push((await front.get({ path })).header("set-cookie")?.replace(/=.*/, ""));
  expect(names[0]).toBe("uwsgi_bridge_server");
  expect(names[1]).toMatch(/^uwsgi_bridge_server_[\w-]{12}$/);
});

test("HTTP servers are balanced, and not checked in a protocol they do not speak", async () => {
  const names = ["a", "b"];
  const urls: string[] = [];
  let requests = 0;
  for (const name of names) {
    const server = createServer((_request, response) => {
      requests += 1;
      response.end(name);
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    onTestFinished(() => void server.close().closeAllConnections());
    urls.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  const to = [`${urls[0]};weight=2`, `${urls[1]}`];
  const front = await BalancedFront.start({ routes: [{ path: "/x", to }], healthUri: "/up", healthFails: 1 });
  expect(await front.seen(3, { path: "/x" })).toEqual(["a", "b", "a"]);
  expect([requests, front.states]).toEqual([3, "up 0, up 0"]);
});

test("what is said about a server stays with the target of a route", () => {
  const { target, options } = parseTargetOptions("a.test:1;weight=2;read-timeout=5m;backup", "--mount /x");
  expect(target).toBe("a.test:1;weight=2;backup");
  expect(options).toEqual({ readTimeoutMs: 300_000 });
});

test.each([
  ["127.0.0.1:1;weight=0", "weight=0"],
  ["http://127.0.0.1:1;max-conns=x", "max-conns=x"],
])("%s is refused before the start", (to, part) => {
  expect(() => createFront({ routes: [{ path: "/x", to }] })).toThrow(part);
});
