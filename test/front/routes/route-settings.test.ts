import { expect, test } from "vitest";
import { descriptorBudget } from "../../../src/front/descriptor-budget.ts";
import { resolveFrontOptions } from "../../../src/front/options.ts";
import { allSettings, largestBody } from "../../../src/front/routes/route-settings.ts";
import { descriptorLimit, serverShare } from "../../../src/net/descriptor-limit.ts";

test("what a route leaves out is as the front has it", () => {
  const [, own] = allSettings(
    resolveFrontOptions({
      readTimeoutMs: 5,
      params: { A: "1" },
      routes: [{ path: "/a", to: "unix:/s", sendTimeoutMs: 7, params: { B: "2" } }],
    }),
  );
  expect(own).toMatchObject({
    readTimeoutMs: 5,
    sendTimeoutMs: 7,
    params: { A: "1", B: "2" },
    to: ["unix:/s"],
  });
});

test("HTTP servers have addresses, and nothing that is for packets", () => {
  const [, own] = allSettings(
    resolveFrontOptions({
      modifier1: 5,
      modifier2: 3,
      params: { A: "1" },
      routes: [{ to: "http://a.test/b" }],
    }),
  );
  expect(own).toMatchObject({ to: ["a.test:80"], modifier1: 0, modifier2: 0, params: {} });
});

test.each([
  [10, [], 10],
  [10, [20, 5], 20],
  [10, [5], 10],
  [10, [0], 0],
  [0, [5], 0],
])("front %i, routes %j: bodies up to %i may be right", (maxBodyBytes, ofRoutes, largest) => {
  const routes = ofRoutes.map((own, index) => ({ path: `/${index}`, to: "a:1", maxBodyBytes: own }));
  expect(largestBody(resolveFrontOptions({ to: ["a:1"], maxBodyBytes, routes }))).toBe(largest);
});

test("descriptors are shared out among the servers of all routes", () => {
  const wanted = 1_000_000;
  const routes = [
    { path: "/a", to: ["a:1", "a:2"] },
    { path: "/b", to: "http://a:3" },
  ];
  const options = { to: ["a:1"], maxConnections: 1, maxConnectionsPerServer: wanted, routes };
  const share = serverShare(descriptorLimit(), { clients: 1, servers: 4, wanted });
  expect(descriptorBudget(resolveFrontOptions(options)).limits.maxConnections).toBe(share);
});
