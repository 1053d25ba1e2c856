import { onTestFinished } from "vitest";
import { frontSuite } from "../../protocol/conformance/front/front-suite.ts";
import type { FrontAddress } from "../../protocol/conformance/front/http-connection.ts";
import { FrontRun, type FrontRunOptions } from "../../protocol/conformance/front/run-front-suite.ts";
import { type CaseResult, standingOf } from "../../protocol/conformance/report.ts";
import { selectCases } from "../../protocol/conformance/select-cases.ts";
import { createFront } from "../../src/front/front.ts";
import type { FrontOptions } from "../../src/front/options.ts";
import { type Endpoint, formatEndpoint } from "../../src/net/endpoint.ts";
import { anyPort } from "../support/endpoints.ts";
import { endpointFor, type Transport } from "../support/workers.ts";

/** A run of the suite whose worker listens, closed when the test is over. */
export async function startRun(transport: Transport = "tcp"): Promise<{ run: FrontRun; worker: Endpoint }> {
  const endpoint = await endpointFor(transport);
  const run = await FrontRun.listen(
    endpoint.type === "unix" ? { path: endpoint.path } : { host: "127.0.0.1", port: 0 },
  );
  onTestFinished(() => run.close());
  const { address } = run;
  const worker: Endpoint =
    typeof address === "string" || address === null
      ? endpoint
      : { type: "tcp", host: "127.0.0.1", port: address.port };
  return { run, worker };
}

/** Our front before this worker. */
export async function startOurFront(
  worker: Endpoint,
  options: Omit<FrontOptions, "to"> = {},
): Promise<FrontAddress> {
  const front = createFront({ ...options, to: [formatEndpoint(worker)] });
  const endpoint = await front.listen(anyPort);
  onTestFinished(() => front.close(0));
  if (endpoint.type !== "tcp") throw new Error("the front listens over TCP");
  return { host: "127.0.0.1", port: endpoint.port, base: "" };
}

/** Run the cases that fit the globs, all without any. */
export function runCasesOf(
  run: FrontRun,
  front: FrontAddress,
  globs: readonly string[],
  options: FrontRunOptions = {},
): Promise<readonly CaseResult[]> {
  return run.run(selectCases(frontSuite, globs), front, options);
}

/** The results that are not good, each as a line that says why. */
export function complaints(results: readonly CaseResult[]): string[] {
  return results.filter((result) => standingOf(result) !== "passed").map(complaint);
}

function complaint({ facts, verdict }: CaseResult): string {
  if (verdict.outcome === "could-not-run") return `${facts.id} could not run: ${verdict.reason}`;
  return `${facts.id} ${facts.level}: ${verdict.seen}`;
}
