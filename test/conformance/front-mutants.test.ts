import { createServer } from "node:http";
import { createServer as createNetServer, type Server } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { frontSuite } from "../../protocol/conformance/front/front-suite.ts";
import { relayBefore, relayBehind } from "./front-relays.ts";
import { complaints, runCasesOf, startOurFront, startRun } from "./front-subject.ts";
import { createWrappingFront } from "./wrapping-front.ts";
import { wrongFronts } from "./wrong-fronts.ts";

const PATIENCE_MS = 1000;
const ORDINARY = /^GET \/cft\w{12} HTTP\/1\.1\r\nHost: \S+\r\nConnection: close\r\n\r\n$/;

test.each(wrongFronts)("a front that $does is caught", async ({ before = {}, behind = {}, caughtBy }) => {
  const { run, worker } = await startRun();
  const ours = await startOurFront(await relayBehind(worker, behind), { maxHeadBytes: 65_536 });
  const front = await relayBefore(ours, before);
  const results = await runCasesOf(run, front, caughtBy, { patienceMs: PATIENCE_MS });
  const outcomes = results.map(({ facts, verdict }) => `${facts.id} ${verdict.outcome}`);
  if (caughtBy.some((id) => id.includes("*"))) {
    expect(complaints(results).join("\n")).toMatch(/the answer to another request|not its own/);
  } else {
    expect(outcomes.sort()).toEqual(caughtBy.map((id) => `${id} failed`).sort());
  }
});

test("a front whose lengths wrap is caught at the byte", async () => {
  const { run, worker } = await startRun();
  const front = { host: "127.0.0.1", port: await listen(createWrappingFront(worker)), base: "" };
  const results = await runCasesOf(run, front, ["sizes/vars-*"], { patienceMs: PATIENCE_MS });
  const outcomes = new Map(results.map(({ facts, verdict }) => [facts.id, verdict.outcome]));
  for (const id of ["vars-of-65534", "vars-of-65535"]) expect(outcomes.get(`sizes/${id}`)).toBe("passed");
  for (const id of ["vars-of-65536", "vars-of-65537", "vars-of-65541", "vars-past-65535"])
    expect([id, outcomes.get(`sizes/${id}`)]).toEqual([id, "failed"]);
});

test("the relays alone change nothing", async () => {
  const { run, worker } = await startRun();
  const front = await relayBefore(await startOurFront(await relayBehind(worker, {})), {});
  const named = wrongFronts.flatMap(({ caughtBy }) => caughtBy.filter((id) => !id.includes("*")));
  expect(complaints(await runCasesOf(run, front, named))).toEqual([]);
});

test.each([
  {
    name: "answers everything without a worker",
    server: createServer((_request, response) => response.end("hello")),
  },
  { name: "closes every connection", server: createNetServer((socket) => socket.end()) },
  {
    name: "refuses everything",
    server: createServer((_request, response) => {
      response.statusCode = 400;
      response.end();
    }),
  },
])("a server that $name is no front: nothing is judged", async ({ server }) => {
  const { run } = await startRun();
  const front = { host: "127.0.0.1", port: await listen(server), base: "" };
  await expect(runCasesOf(run, front, ["host"])).rejects.toThrow("does not answer an ordinary request");
});

test("no case is content with fronts that answer without looking", async () => {
  const passedEverywhere = new Set(frontSuite.map(({ id }) => id));
  for (const status of ["200 OK", "400 Bad Request", "502 Bad Gateway"]) {
    const { run, worker } = await startRun();
    const page = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello`;
    // What the suite asks to see whether the front is alive is passed on.
    const instead = (text: string): string | undefined => (ORDINARY.test(text) ? undefined : page);
    const front = await relayBefore(await startOurFront(worker), { instead });
    for (const { facts, verdict } of await runCasesOf(run, front, [], { patienceMs: PATIENCE_MS }))
      if (verdict.outcome !== "passed") passedEverywhere.delete(facts.id);
  }
  // This one is the same request.
  expect([...passedEverywhere]).toEqual(["reuse/close-asked-for"]);
}, 60_000);

test("a front that dies in the middle has not refused anything", async () => {
  const { run, worker } = await startRun();
  const ours = await startOurFront(worker);
  let left = 3;
  const front = await relayBefore(ours, {
    answer: (text) => {
      left -= 1;
      return left < 0 ? undefined : text;
    },
  });
  const results = await runCasesOf(run, front, ["host/missing", "request-line/bare-cr*", "target/byte-*"], {
    jobs: 1,
  });
  const dead = results.slice(3).map(({ verdict }) => verdict.outcome);
  expect(dead).toEqual(dead.map(() => "could-not-run"));
  expect(dead.length).toBeGreaterThan(0);
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}
