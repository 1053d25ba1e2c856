import { describe, expect, test } from "vitest";
import { countResults } from "../../protocol/conformance/report.ts";
import { selectCases } from "../../protocol/conformance/select-cases.ts";
import { workerSuite } from "../../protocol/conformance/worker/worker-suite.ts";
import { transports } from "../support/workers.ts";
import { startContractWorker } from "./contract-worker.ts";
import { startMutant } from "./relay.ts";
import { runWorkerSuite, standing } from "./run-worker-suite.ts";

const ONE_RUN_MS = 120_000;
/** So that the cases about silence end soon. */
const options = { headerTimeoutMs: 1000, bodyTimeoutMs: 1000 };

describe.each(transports)("our worker over %s", (transport) => {
  test.each(["whole", "bytes", "random"] as const)(
    "keeps every MUST and every SHOULD, with requests sent %s",
    { timeout: ONE_RUN_MS },
    async (split) => {
      const results = await runWorkerSuite(await startContractWorker(transport, options), { split });
      expect(standing(results, "couldNotRun")).toEqual({});
      expect(standing(results, "failed")).toEqual({});
      expect(standing(results, "advised")).toEqual({});
      // A peer that closes its side has left, unless the option halfOpen says otherwise.
      expect(Object.keys(standing(results, "declined"))).toEqual(["disconnect/half-close-after-request"]);
      expect(countResults(results).passed).toBeGreaterThan(350);
    },
  );
});

test("with halfOpen a client that closed its side is answered", async () => {
  const target = await startContractWorker("tcp", { halfOpen: true });
  const results = await runWorkerSuite(target, { only: ["disconnect/half-close-after-request"] });
  expect(countResults(results).passed).toBe(1);
});

test("what may not reach the wire may be answered with any error", async () => {
  const clientsFault = await startMutant(await startContractWorker("tcp"), {
    answer: (answer) =>
      Buffer.from(answer.toString("latin1").replace(/(?<=^HTTP\/1\.1 )500/, "400"), "latin1"),
  });
  const results = await runWorkerSuite(clientsFault, { only: ["start-response/refuses-*"] });
  expect(standing(results, "failed")).toEqual({});
  expect(standing(results, "couldNotRun")).toEqual({});
});

describe("the suite", () => {
  test("has at least 200 cases, each with an id of its own in its group", () => {
    const ids = workerSuite.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(200);
    for (const { id, group } of workerSuite) {
      expect(id).toMatch(/^[a-z][a-z0-9-]*\/[a-z0-9-]+$/);
      expect(id.split("/")[0]).toBe(group);
    }
  });

  test("has the groups that were promised", () => {
    expect([...new Set(workerSuite.map(({ group }) => group))]).toEqual([
      "packet",
      "vars",
      "duplicates",
      "encoding",
      "environ",
      "mounting",
      "input",
      "start-response",
      "response-framing",
      "errors",
      "early-answer",
      "disconnect",
      "limits",
      "ping-and-modifiers",
    ]);
  });

  test.each(workerSuite.map((one) => [one.id, one] as const))("%s explains itself", (_id, one) => {
    expect(one.rule).toMatch(/^\S.*[^.]$/);
    expect(one.explain).toMatch(/\n\nSent: /);
    expect(one.explain).toContain("Allowed: ");
    expect(one.source).toMatch(
      /^(?:protocol\/README\.md section [\d.]+|PEP 3333, "[^"]+"|RFC 91\d\d section [\d.]+)$/,
    );
    expect(one.routes).not.toEqual([]);
  });

  test("a case is found by its id, and a group by its name", () => {
    expect(selectCases(workerSuite, ["packet/datasize-zero"])).toHaveLength(1);
    expect(selectCases(workerSuite, ["packet"]).length).toBeGreaterThan(20);
    expect(selectCases(workerSuite, ["errors/raise*"]).map(({ group }) => group)).toContain("errors");
    expect(selectCases(workerSuite, ["pack"])).toEqual([]);
  });
});
