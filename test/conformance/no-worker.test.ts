import { expect, test } from "vitest";
import { exitCodeOf } from "../../protocol/conformance/report.ts";
import type { WorkerTarget } from "../../protocol/conformance/worker/worker-target.ts";
import {
  answerWith,
  closeSilently,
  refusingAddress,
  resetAtOnce,
  stall,
  startPeer,
} from "../support/rude-peers.ts";
import { runWorkerSuite, standing } from "./run-worker-suite.ts";

/** Without the cases that need an answer before they wait for long. */
const QUICK = [
  "packet",
  "vars",
  "input",
  "errors/raise*",
  "ping-and-modifiers",
  "limits/datasize*",
  "disconnect/leaves*",
];

test("where nobody listens nothing passes and nothing fails", async () => {
  const results = await runWorkerSuite(connection(await refusingAddress()));
  expect(standing(results, "passed")).toEqual({});
  expect(standing(results, "failed")).toEqual({});
  expect(exitCodeOf(results, false)).toBe(2);
});

test.each([
  { name: "closes every connection", behave: closeSilently },
  { name: "resets every connection", behave: resetAtOnce },
  { name: "never answers", behave: stall },
  { name: "answers noise", behave: answerWith("\xff\xfe\xfd") },
])("against a server that $name no case passes", { timeout: 60_000 }, async ({ behave }) => {
  const target = connection(await startPeer(behave));
  const results = await runWorkerSuite(target, { only: QUICK, timeoutMs: 60 });
  expect(standing(results, "passed")).toEqual({});
  expect(exitCodeOf(results, false)).toBe(1);
});

test("a server that answers hello without looking passes where hello is the whole answer, and nowhere else", {
  timeout: 60_000,
}, async () => {
  const hello = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
  const target = connection(await startPeer(answerWith(hello)));
  const groups = [
    "vars",
    "duplicates",
    "encoding",
    "environ",
    "mounting",
    "input",
    "start-response",
    "errors",
    "limits/d*",
  ];
  const results = await runWorkerSuite(target, { only: groups, timeoutMs: 300 });
  expect(Object.keys(standing(results, "passed"))).toEqual([
    "vars/no-request-uri",
    "vars/order-reversed",
    "vars/prototype-names",
    "vars/value-like-a-packet",
    "duplicates/no-second-request",
    "environ/protocol-http2",
    "mounting/path-from-uri",
    "mounting/absolute-request-uri",
    "errors/serves-on",
  ]);
});

function connection(endpoint: Awaited<ReturnType<typeof startPeer>>): WorkerTarget {
  if (endpoint.type !== "tcp") throw new Error("expected a TCP address");
  return { host: endpoint.host, port: endpoint.port };
}
