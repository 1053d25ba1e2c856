import { afterAll, beforeAll, describe } from "vitest";
import { type AppWay, startAppWorker, startBaseline, startFronts } from "./app-way.ts";
import type { AppKind } from "./apps/app-kind.ts";
import { appKinds } from "./apps/kinds.ts";
import { plain } from "./apps/plain.ts";
import { flowRows } from "./flow-rows.ts";
import type { RunMode } from "./modes.ts";
import { requestRows, type WayTraits } from "./request-rows.ts";
import { responseRows } from "./response-rows.ts";

describe.each(appKinds)("$name", (kind) => {
  describe("on node:http", () => rows(kind, () => startBaseline(kind), { isBaseline: true }));
  describe("behind our front", () => rows(kind, () => startBehindFront(kind, "on the socket"), {}));
});

describe("plain, behind our front", () => {
  describe("wrapped by middleware", () => {
    rows(plain, () => startBehindFront(plain, "on a stand-in"), { isStandIn: true });
  });
  describe("through Node's parser", () => {
    rows(plain, () => startBehindFront(plain, "through the parser"), { isStandIn: true, isParsed: true });
  });
});

type StartedWay = AppWay & { close(): Promise<void> };

function rows(kind: AppKind, start: () => Promise<StartedWay>, traits: WayTraits): void {
  let way: StartedWay;
  beforeAll(async () => {
    way = await start();
  });
  afterAll(() => way.close());

  requestRows(kind, () => way, traits);
  responseRows(kind, () => way, traits);
  flowRows(kind, () => way);
}

async function startBehindFront(kind: AppKind, mode: RunMode): Promise<StartedWay> {
  const worker = await startAppWorker(kind, mode);
  const fronts = await startFronts(worker);
  return {
    ...fronts,
    close: async () => {
      await fronts.close();
      await worker.close();
    },
  };
}
