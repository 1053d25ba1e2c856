import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import type { FrontOptions } from "../../../src/front/options.ts";
import type { RateLimit } from "../../../src/front/rate/rate-limit.ts";
import { type StartedFront, startFront, startScriptedWorker } from "../../support/fronts.ts";
import { upgradeRequest } from "../../support/tunnels.ts";
import { until } from "../../support/wait.ts";
import { endpointFor, startWorker, textApp } from "../../support/workers.ts";
import { COUNTERS, crowdFrom, deskFor, getFrom, talkFrom } from "./local-clients.ts";

const GET = "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";
const PAGE = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

type Options = Omit<FrontOptions, "to">;

/** A front whose worker answers when it is told to, and what is counted where the test can see it. */
async function startHeldFront(counter: (typeof COUNTERS)[number], options: Options) {
  const worker = await startScriptedWorker(() => undefined);
  const { limits, channel } = deskFor(options);
  const front = await startFront([worker.endpoint], {
    ...options,
    limitChannel: counter === "elsewhere" && channel,
    upgrade: ["echo"],
  });
  const arrived = (count: number): Promise<void> =>
    until(() => worker.requests.length === count, `${count} requests have arrived`);
  return { ...front, worker, arrived, limits };
}

/** One request more is served, and none is counted any more. */
async function expectFree(
  { endpoint }: Pick<StartedFront, "endpoint">,
  {
    worker,
    limits,
    arrived,
  }: Pick<Awaited<ReturnType<typeof startHeldFront>>, "worker" | "limits" | "arrived">,
): Promise<void> {
  const seen = worker.requests.length;
  const next = getFrom("127.0.0.2", endpoint);
  await arrived(seen + 1);
  worker.requests.at(-1)?.socket.end(PAGE);
  expect((await next).status).toBe(200);
  await until(() => (limits[0] as RateLimit).size.inProgress === 0, "nothing is counted any more");
}

describe.each(COUNTERS)("counted %s", (counter) => {
  test("a client has its rate and its burst, whatever others do, and is told when to come again", async () => {
    const { endpoint } = await startWorker(textApp("ok"));
    const options: Options = { limitRequests: { requests: 1, perSeconds: 60, burst: 3 } };
    const limitChannel = counter === "elsewhere" && deskFor(options).channel;
    const { endpoint: http, front, log } = await startFront([endpoint], { ...options, limitChannel });
    const [first, second] = await Promise.all([
      crowdFrom("127.0.0.2", http, 10),
      crowdFrom("127.0.0.3", http, 10),
    ]);
    expect([first, second]).toEqual(
      [first, second].map(() => [200, 200, 200, 200, 429, 429, 429, 429, 429, 429]),
    );
    const refused = await getFrom("127.0.0.2", http);
    expect(refused).toMatchObject({
      status: 429,
      text: expect.stringMatching(/^UWB_ERR_TOO_MANY_REQUESTS: /),
    });
    expect(Number(refused.retryAfter)).toBeGreaterThanOrEqual(50);
    expect(Number(refused.retryAfter)).toBeLessThanOrEqual(60);
    expect(front.stats().clientLimits).toEqual({ refusedRequests: 13, refusedConnections: 0, unjudged: 0 });
    const lines = log.lines.filter(({ fields }) => fields["code"] === "UWB_ERR_TOO_MANY_REQUESTS");
    expect(lines.length).toBeLessThanOrEqual(4);
    expect(lines[0]).toMatchObject({ level: "info", fields: { client: "127.0.0.2", status: 429, count: 1 } });
    expect(log.codes).not.toContain("UWB_ERR_REQUEST_INVALID");
  });

  test("so many requests of a client are in progress, and one more when one is over", async () => {
    const held = await startHeldFront(counter, { limitRequestsInProgress: 2 });
    const { endpoint, worker, arrived } = held;
    const first = [getFrom("127.0.0.2", endpoint), getFrom("127.0.0.2", endpoint)];
    await arrived(2);
    const refused = await getFrom("127.0.0.2", endpoint);
    expect(refused).toMatchObject({ status: 429, retryAfter: "1" });
    const other = getFrom("127.0.0.3", endpoint);
    await arrived(3);
    for (const { socket } of worker.requests) socket.end(PAGE);
    expect((await Promise.all([...first, other])).map(({ status }) => status)).toEqual([200, 200, 200]);
    await expectFree(held, held);
  });

  test("a client that leaves, before its turn or later, gives its place back once", async () => {
    const held = await startHeldFront(counter, { limitRequestsInProgress: 1 });
    const { endpoint, arrived, front } = held;
    for (let count = 1; count <= 5; count += 1) {
      const client = talkFrom("127.0.0.2", endpoint, GET);
      await arrived(count);
      client.socket.destroy();
      await until(() => front.stats().openRequests === 0, "the front has seen it leave");
    }
    await expectFree(held, held);
  });

  test("a WebSocket holds its place until it is closed", async () => {
    const held = await startHeldFront(counter, { limitRequestsInProgress: 1 });
    const { endpoint, worker, arrived, front } = held;
    const tunnel = talkFrom("127.0.0.2", endpoint, upgradeRequest("echo"));
    await arrived(1);
    const workerSide = worker.requests[0]?.socket;
    workerSide?.on("end", () => workerSide.end()).write(SWITCH);
    await tunnel.untilHeard("101 Switching");
    await until(() => front.stats().tunnels === 1, "the tunnel is open");
    expect(front.stats().openRequests).toBe(0);
    expect((await getFrom("127.0.0.2", endpoint)).status).toBe(429);
    const second = talkFrom("127.0.0.2", endpoint, upgradeRequest("echo"));
    expect(await second.untilHeard("429 Too Many Requests")).toContain("Retry-After: 1");
    expect(await second.untilEnd()).toBe("fin");
    tunnel.socket.destroy();
    await until(() => front.stats().tunnels === 0, "the tunnel is closed");
    await expectFree(held, held);
  });

  test("an upgrade that the worker refuses gives its place back", async () => {
    const held = await startHeldFront(counter, { limitRequestsInProgress: 1 });
    const client = talkFrom("127.0.0.2", held.endpoint, upgradeRequest("echo"));
    await held.arrived(1);
    held.worker.requests[0]?.socket.end(PAGE);
    await client.untilHeard("abc");
    await client.untilEnd();
    await expectFree(held, held);
  });
});

test("an invalid request takes nothing of its client's share", async () => {
  const { endpoint } = await startWorker(textApp("ok"));
  const { endpoint: http } = await startFront([endpoint], {
    limitRequests: { requests: 1, perSeconds: 3600 },
  });
  const client = talkFrom("127.0.0.2", http, "TRACE / HTTP/1.1\r\nHost: a.test\r\n\r\n");
  await client.untilHeard("405");
  expect(await crowdFrom("127.0.0.2", http, 2)).toEqual([200, 429]);
});

test("a connection is kept behind a refusal, and requests on it are answered in order", async () => {
  const { endpoint } = await startWorker(textApp("ok"));
  const { endpoint: http } = await startFront([endpoint], {
    limitRequests: { requests: 1, perSeconds: 3600 },
  });
  const client = talkFrom("127.0.0.2", http, GET.repeat(3));
  await until(() => client.heard().split("HTTP/1.1 ").length === 4, "three answers");
  const statuses = [...client.heard().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  expect(statuses).toEqual(["200", "429", "429"]);
  expect(client.heard()).not.toContain("Connection: close");
});

test("the body of a refused request is not waited for", async () => {
  const { endpoint } = await startWorker(textApp("ok"));
  const { endpoint: http } = await startFront([endpoint], {
    limitRequests: { requests: 1, perSeconds: 3600 },
  });
  await getFrom("127.0.0.2", http);
  const head = "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n";
  const client = talkFrom("127.0.0.2", http, head);
  expect(await client.untilHeard("UWB_ERR_TOO_MANY_REQUESTS")).toMatch(
    /^HTTP\/1\.1 429 .*Connection: close/s,
  );
});

test("clients of a Unix socket have no address, and no limits", async () => {
  const { endpoint } = await startWorker(textApp("ok"));
  const { front } = await startFront([endpoint], { limitRequests: { requests: 1, perSeconds: 3600 } });
  const bound = await front.listen(await endpointFor("unix"));
  const socket = connect({ path: bound.type === "unix" ? bound.path : "" });
  let heard = "";
  socket.on("data", (chunk: Buffer) => {
    heard += chunk.toString("latin1");
  });
  socket.write(GET.repeat(3));
  await until(() => heard.split("HTTP/1.1 200").length === 4, "three answers");
  socket.destroy();
});

test("behind a trusted proxy each of its clients has a share of its own", async () => {
  const { endpoint } = await startWorker(textApp("ok"));
  const options = { limitRequests: { requests: 1, perSeconds: 3600 }, trustedProxies: ["127.0.0.2"] };
  const { endpoint: http } = await startFront([endpoint], options);
  const statusFor = async (client: string): Promise<string | undefined> => {
    const head = `GET / HTTP/1.1\r\nHost: a.test\r\nX-Forwarded-For: ${client}\r\nConnection: close\r\n\r\n`;
    const heard = await talkFrom("127.0.0.2", http, head).untilHeard("\r\n\r\n");
    return /^HTTP\/1\.1 (\d+)/.exec(heard)?.[1];
  };
  expect(await statusFor("2001:db8::1")).toBe("200");
  expect(await statusFor("2001:db8:0:1::1")).toBe("200");
  expect(await statusFor("2001:db8::2")).toBe("429");
});
