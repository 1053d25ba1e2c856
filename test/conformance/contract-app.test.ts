import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import { selectCases } from "../../protocol/conformance/select-cases.ts";
import { type Contract, probeContract } from "../../protocol/conformance/worker/contract-probe.ts";
import { workerSuite } from "../../protocol/conformance/worker/worker-suite.ts";
import { app as expressApp } from "../../protocol/contract-app/express.ts";
import { startContractWorker } from "./contract-worker.ts";

const page = readFileSync("protocol/contract-app/README.md", "utf8");
const python = readFileSync("protocol/contract-app/app.py", "utf8");
const described = [...page.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, name = ""]) => name);

async function gatewayRoutes(): Promise<readonly string[]> {
  return (await probeContract(await startContractWorker("tcp"), 5000)).routes;
}

test("the page describes every route, once, and no other", async () => {
  expect([...described].sort()).toEqual([...(await gatewayRoutes())].sort());
});

test("the Python file has the same routes", async () => {
  const names = python.matchAll(
    /^(?:@route|fixed|generated|failing|written|wrong_field|slowly|endlessly)\("([a-z0-9-]+)"/gm,
  );
  expect([...names].map(([, name = ""]) => name).sort()).toEqual([...(await gatewayRoutes())].sort());
});

test("every route is asked for by a case, and no case asks for another", async () => {
  const asked = new Set(workerSuite.flatMap(({ routes }) => routes));
  expect([...asked, "contract"].sort()).toEqual([...(await gatewayRoutes())].sort());
});

describe("the Express app", async () => {
  const url = await listen();

  test("has routes of the contract, enough for half of the suite's groups", async () => {
    const { routes, contract } = (await (await fetch(`${url}/contract`)).json()) as Contract;
    expect(contract).toBe(1);
    const known = await gatewayRoutes();
    expect(routes.filter((route) => !known.includes(route))).toEqual([]);
    const answered = workerSuite.filter((one) => one.routes.every((route) => routes.includes(route)));
    expect(answered.length).toBeGreaterThan(120);
    expect(selectCases(answered, ["packet"]).length).toBeGreaterThan(20);
  });

  test.each([
    ["/hello", {}, 200, "hello"],
    ["/status/404", {}, 404, "status"],
    ["/read", { method: "POST", body: "caf\u00e9" }, 200, "caf\u00e9"],
    ["/length", { method: "POST", body: "abc" }, 200, "3"],
    ["/blocks", {}, 200, "abc"],
    ["/sized", {}, 200, "hello"],
    ["/redirect", { redirect: "manual" }, 302, ""],
    ["/no-content", {}, 204, ""],
    ["/no/such", {}, 404, "no such route\n"],
  ] as const)("%s %j", async (path, init, status, text) => {
    const response = await fetch(url + path, init);
    expect([response.status, await response.text()]).toEqual([status, text]);
  });

  test("counts", async () => {
    await fetch(`${url}/call/t1`);
    expect(await (await fetch(`${url}/counts/t1`)).json()).toEqual({
      calls: 1,
      closes: 0,
      blocks: 0,
      note: "",
    });
  });

  test("fails in the middle where it is meant to", async () => {
    await expect(fetch(`${url}/raise-later`).then((response) => response.text())).rejects.toThrow();
  });

  async function listen(): Promise<string> {
    const server = createServer(expressApp);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.unref();
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return `http://127.0.0.1:${address.port}`;
  }
});
