import { expect, onTestFinished, test } from "vitest";
import { createFront } from "../../src/front/front.ts";
import { backlogInForce, longestBacklog, warnOfCutBacklog } from "../../src/net/backlog.ts";
import { overflowsIn } from "../../src/net/listen-overflows.ts";
import { createWorker } from "../../src/worker/worker.ts";
import { anyPort } from "../support/endpoints.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { textApp } from "../support/workers.ts";

test.each([
  { requested: 1024, longest: 4096, inForce: 1024 },
  { requested: 4096, longest: 4096, inForce: 4096 },
  { requested: 4097, longest: 4096, inForce: 4096 },
  { requested: undefined, longest: 128, inForce: 128 },
])(
  "a backlog of $requested where the system allows $longest is $inForce",
  ({ requested, longest, inForce }) => {
    const log = new RecordingLog();
    expect(backlogInForce(requested, longest)).toBe(inForce);
    warnOfCutBacklog(log, requested, longest);
    const isCut = inForce < (requested ?? 1024);
    expect(log.lines.map(({ message }) => message)).toEqual(
      isCut
        ? [
            `the system holds ${inForce} connections until they are accepted, not ${requested ?? 1024} (--listen): raise net.core.somaxconn`,
          ]
        : [],
    );
  },
);

test.runIf(longestBacklog() !== undefined)("a front and a worker say that their backlog is cut", async () => {
  const backlog = (longestBacklog() ?? 0) + 1;
  const log = new RecordingLog();
  const servers = [createFront({ to: ["127.0.0.1:1"], log }), createWorker(textApp("ok"), { log })];
  for (const server of servers) {
    await server.listen(anyPort, { backlog });
    onTestFinished(() => server.close(0));
  }
  expect(log.lines.map(({ fields }) => fields)).toEqual(
    servers.map(() => ({ requested: backlog, inForce: backlog - 1, sysctl: "net.core.somaxconn" })),
  );
});

test("the dropped connections stand among many other counters", () => {
  const table =
    "TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 3 42 43\nIpExt: InNoRoutes\nIpExt: 7\n";
  expect(overflowsIn(table)).toBe(42);
  expect(overflowsIn("IpExt: InNoRoutes\nIpExt: 7\n")).toBe(0);
});
