import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { loadApp } from "../../src/adapters/load-app.ts";
import { runToEnd } from "../gateway/run-gateway.ts";
import { freePort, isAccepting } from "../support/ports.ts";

const APPS = fileURLToPath(new URL("apps/", import.meta.url));

// The applications take their port from the environment, as many do; 3000 may be in use.
let port: number;

beforeAll(async () => {
  port = await freePort();
  process.env["PORT"] = String(port);
});

test.each([
  { what: "an Express file that calls app.listen", name: "listens.cjs", text: "hello from listens" },
  { what: "a server that listens after the import", name: "listens-later.mjs", text: "hello from later" },
])("$what is run, and its port stays closed", async ({ name, text }) => {
  const loaded = await loadApp(name, APPS, { captureListen: true });
  expect(loaded.kind).toBe("server");
  expect(await isAccepting({ host: "127.0.0.1", port })).toBe(false);
  const vars = { PATH_INFO: "/hello", REQUEST_URI: "/hello" };
  expect(await runToEnd(loaded.application, { vars })).toMatchObject({ status: "200 OK", body: text });
});

test("of two servers the first is the application, and the second one listens", async () => {
  const { application } = await loadApp("listens-twice.mjs", APPS, { captureListen: true });
  const { metricsServer } = globalThis as unknown as { readonly metricsServer: Server };
  onTestFinished(() => void metricsServer.close());
  if (!metricsServer.listening) await once(metricsServer, "listening");
  expect((await runToEnd(application)).body).toBe("hello from the first");
  const { port: own } = metricsServer.address() as AddressInfo;
  expect(await isAccepting({ host: "127.0.0.1", port: own })).toBe(true);
  expect(await isAccepting({ host: "127.0.0.1", port })).toBe(false);
});

test("an export wins over a server that listens, whose port stays closed all the same", async () => {
  const { application, kind } = await loadApp("listens-and-exports.mjs", APPS, { captureListen: true });
  expect(kind).toBe("listener");
  expect((await runToEnd(application)).body).toBe("hello from the export");
  expect(await isAccepting({ host: "127.0.0.1", port })).toBe(false);
});
