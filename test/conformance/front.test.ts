import { describe, expect, test } from "vitest";
import { frontSuite } from "../../protocol/conformance/front/front-suite.ts";
import { transports } from "../support/workers.ts";
import { complaints, runCasesOf, startOurFront, startRun } from "./front-subject.ts";

const splits = ["whole", "bytes", "random"] as const;

/** It takes some seconds; this is for machines that are busy. */
const TIMEOUT_MS = 90_000;

describe.each(transports)("our front, with its worker over %s", (transport) => {
  test.each(splits)(
    "passes every MUST and SHOULD, bytes sent %s",
    async (split) => {
      const { run, worker } = await startRun(transport);
      const front = await startOurFront(worker);
      const results = await runCasesOf(run, front, [], { split, patienceMs: 5000 });
      expect(complaints(results)).toEqual([]);
      const fitting = frontSuite.filter(({ transports: all }) => all?.includes(transport) ?? true);
      expect(results.length).toBe(fitting.length);
    },
    TIMEOUT_MS,
  );
});

test("our front passes requests of any size on whole when it is told to take them", async () => {
  const { run, worker } = await startRun();
  const front = await startOurFront(worker, { maxHeadBytes: 1024 * 1024, maxHeaders: 1000, maxVars: 2000 });
  const results = await runCasesOf(run, front, ["sizes"]);
  expect(complaints(results)).toEqual([]);
  const largest = results.find(({ facts }) => facts.id === "sizes/vars-of-65535");
  expect(largest?.verdict).toMatchObject({ seen: "200 with 15 bytes; a packet" });
});

test("other seeds find nothing either", async () => {
  const { run, worker } = await startRun();
  const front = await startOurFront(worker);
  for (const seed of [2, 3]) {
    expect(
      complaints(await runCasesOf(run, front, ["response-*", "chunked-upload"], { split: "random", seed })),
    ).toEqual([]);
  }
});
