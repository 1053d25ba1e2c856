import { describe, expect, test } from "vitest";
import type { FrontOptions } from "../../../src/front/options.ts";
import type { Endpoint } from "../../../src/net/endpoint.ts";
import { startFront, startScriptedWorker } from "../../support/fronts.ts";
import { converseHttp, header } from "../../support/raw-http.ts";
import { startTalker } from "../../support/tunnels.ts";
import { until } from "../../support/wait.ts";
import { startWorker } from "../../support/workers.ts";
import { get, getTarget, type HttpCase, post, refused, served } from "./http-case.ts";
import { exchange, type GotRequest, recordingApp, type Sending } from "./http-exchange.ts";

const sendings: readonly Sending[] = ["whole", "bytes", 1];
const PAGE = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

async function startSite(
  options: Omit<FrontOptions, "to">,
): Promise<{ endpoint: Endpoint; got: GotRequest[] }> {
  const got: GotRequest[] = [];
  const { endpoint: to } = await startWorker(recordingApp(got));
  const { endpoint } = await startFront([to], options);
  return { endpoint, got };
}

describe("the size of a body", () => {
  const chunk = (bytes: number): string => `${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n`;
  const chunked = (chunks: string): string => post("Transfer-Encoding: chunked\r\n", chunks);
  const taken = { method: "POST", body: "x".repeat(10) } as const;
  const rows: readonly HttpCase[] = [
    served("a length at the limit", post("Content-Length: 10\r\n", "x".repeat(10)), taken),
    refused("a length above it", 413, post("Content-Length: 11\r\n", "x".repeat(11))),
    refused("a length above it, and no body yet", 413, post("Content-Length: 11\r\n", "")),
    served("chunks at the limit", chunked(`${chunk(4)}${chunk(6)}0\r\n\r\n`), taken),
    refused("chunks above it", 413, chunked(`${chunk(4)}${chunk(7)}0\r\n\r\n`)),
    refused("chunks above it, and no end yet", 413, chunked(`${chunk(4)}${chunk(7)}`)),
  ];

  describe.each([true, false])("requestBuffering: %s", (requestBuffering) => {
    test.each(rows)("$what", async (row) => {
      const { endpoint, got } = await startSite({ maxBodyBytes: 10, requestBuffering });
      for (const sending of sendings) {
        got.length = 0;
        const { answers, end } = await exchange(endpoint, row, sending);
        const isKept = row.connection === "kept";
        expect([answers.map(({ status }) => status), end], `sent ${sending}`).toEqual(
          isKept ? [[200, 200], "open"] : [row.answers, "fin"],
        );
        expect(got.map(({ body }) => body)).toEqual(isKept ? [taken.body, ""] : []);
      }
    });
  });
});

describe("the vars of a request", () => {
  const send = get(`X-A: ${"a".repeat(500)}\r\n`);

  test("at both limits they are sent; one byte, or one var, above it nothing is", async () => {
    const worker = await startScriptedWorker(({ socket }) => socket.end(PAGE));
    const statusWith = async (options: Omit<FrontOptions, "to">): Promise<number | undefined> => {
      // Without what the front leaves out itself when there is no room for it.
      const { endpoint } = await startFront([worker.endpoint], {
        persist: false,
        earlyHints: false,
        ...options,
      });
      return (await converseHttp(endpoint, send, { enough: 1 })).answers[0]?.status;
    };
    expect(await statusWith({})).toBe(200);
    const vars = worker.requests[0]?.packet.vars ?? [];
    const maxVars = vars.length;
    const maxVarsBytes = vars.reduce((bytes, [name, value]) => bytes + 4 + name.length + value.length, 0);
    expect(await statusWith({ maxVars, maxVarsBytes })).toBe(200);
    expect(worker.requests).toHaveLength(2);
    expect(await statusWith({ maxVars: maxVars - 1 })).toBe(431);
    expect(await statusWith({ maxVarsBytes: maxVarsBytes - 1 })).toBe(431);
    expect(worker.requests).toHaveLength(2);
  });
});

describe("requests on one connection", () => {
  const paths = ["/1", "/2", "/3", "/4", "/5"];
  const pages = ["GET /1 ", "GET /2 ", "GET /3 "];

  test.each(sendings)("behind the last one nothing is served, sent %s", async (sending) => {
    const { endpoint, got } = await startSite({ maxRequestsPerConnection: 3 });
    const send = paths.map(getTarget).join("");
    const row: HttpCase = {
      what: "five requests",
      send,
      answers: [200, 200, 200],
      connection: "closed",
      served: [],
    };
    const { answers, end } = await exchange(endpoint, row, sending);
    expect(answers.map(({ body }) => body)).toEqual(pages);
    expect(answers.map((answer) => header(answer, "connection"))).toEqual([
      "keep-alive",
      "keep-alive",
      "close",
    ]);
    expect(end).toBe("fin");
    expect(got).toHaveLength(3);
  });

  test("the last one may come late", async () => {
    const { endpoint } = await startSite({ maxRequestsPerConnection: 3 });
    const client = startTalker(endpoint, getTarget("/1"));
    for (const [index, page] of pages.entries()) {
      await client.untilHeard(page);
      client.socket.write(getTarget(paths[index + 1] ?? ""));
    }
    expect(await client.untilEnd()).toBe("fin");
    expect(client.heard()).not.toContain("GET /4");
  });
});

describe("connections", () => {
  test("beyond their number one is answered 503 and closed, and the others are served", async () => {
    const { endpoint } = await startSite({ maxConnections: 2 });
    const clients = [startTalker(endpoint, get()), startTalker(endpoint, get())];
    for (const client of clients) await client.untilHeard("GET /x");
    const { answers, end } = await converseHttp(endpoint, get(), { quietMs: 5000 });
    expect(answers.map(({ status }) => status)).toEqual([503]);
    expect([header(answers[0], "retry-after"), header(answers[0], "connection"), end]).toEqual([
      "1",
      "close",
      "fin",
    ]);
    for (const client of clients) {
      client.socket.write(getTarget("/again"));
      await client.untilHeard("GET /again");
    }
  });

  test("to a worker that is busy: one waits until its time is over, and more are refused at once", async () => {
    const worker = await startScriptedWorker(() => undefined);
    const limits = { maxConnectionsPerServer: 1, maxWaitingRequests: 1, queueTimeoutMs: 500 };
    const { endpoint } = await startFront([worker.endpoint], limits);
    const first = startTalker(endpoint, get());
    await until(() => worker.requests.length === 1, "the worker is busy");
    const second = startTalker(endpoint, get());
    // Its place in the line can not be seen from outside: the third is sent until it is refused while the second still waits.
    const third = startTalker(endpoint, "");
    setTimeout(() => third.socket.write(get()), 100);
    for (const client of [third, second])
      expect(await client.untilHeard("\r\n\r\n")).toMatch(/^HTTP\/1\.1 503 [\s\S]*^Retry-After: 1\r$/m);
    expect(worker.requests).toHaveLength(1);
    worker.requests[0]?.socket.end(PAGE);
    expect(await first.untilHeard("ok")).toMatch(/^HTTP\/1\.1 200 /);
  });
});
