import { describe, expect, test } from "vitest";
import type { FrontOptions } from "../../../src/front/options.ts";
import { startFront } from "../../support/fronts.ts";
import { type Talker, upgradeRequest } from "../../support/tunnels.ts";
import { until } from "../../support/wait.ts";
import { startWorker, textApp } from "../../support/workers.ts";
import { COUNTERS, deskFor, getFrom, talkFrom } from "./local-clients.ts";

const GET = "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";

async function startLimited(counter: (typeof COUNTERS)[number], max: number) {
  const { endpoint } = await startWorker(textApp("ok"));
  const options: Omit<FrontOptions, "to"> = { maxConnectionsPerClient: max };
  const { limits, channel } = deskFor(options);
  const limitChannel = counter === "elsewhere" && channel;
  return { ...(await startFront([endpoint], { ...options, limitChannel })), limits };
}

async function served(client: Talker): Promise<void> {
  await client.untilHeard("HTTP/1.1 200");
}

describe.each(COUNTERS)("connections counted %s", (counter) => {
  test("of one client are so many; one more is told so and closed, others are served", async () => {
    const { endpoint, front, log } = await startLimited(counter, 3);
    const kept = [0, 1, 2].map(() => talkFrom("127.0.0.2", endpoint, GET));
    for (const client of kept) await served(client);
    const refused = talkFrom("127.0.0.2", endpoint, "");
    expect(await refused.untilHeard("UWB_ERR_TOO_MANY_CONNECTIONS")).toMatch(
      /^HTTP\/1\.1 503 .*Retry-After: 1/s,
    );
    expect(await refused.untilEnd()).toBe("fin");
    expect((await getFrom("127.0.0.3", endpoint)).status).toBe(200);
    expect(front.stats().clientLimits).toMatchObject({ refusedConnections: 1, refusedRequests: 0 });
    const [line] = log.lines.filter(({ fields }) => fields["code"] === "UWB_ERR_TOO_MANY_CONNECTIONS");
    expect(line).toMatchObject({ level: "warn", fields: { client: "127.0.0.2", max: 3, count: 1 } });
  });

  test("that were closed make room, one for one", async () => {
    const { endpoint, front, limits } = await startLimited(counter, 1);
    for (let round = 0; round < 5; round += 1) {
      const client = talkFrom("127.0.0.2", endpoint, GET);
      await served(client);
      const refused = talkFrom("127.0.0.2", endpoint, GET);
      await refused.untilHeard("503");
      refused.socket.destroy();
      client.socket.destroy();
      await until(() => front.stats().openConnections === 0, "both are gone");
      await until(() => limits[1]?.size.inProgress === 0, "none is counted");
    }
    expect(front.stats().clientLimits.refusedConnections).toBe(5);
  });

  test("beyond the limit are served nothing, and a flood of them hurts nobody", async () => {
    const { endpoint, front } = await startLimited(counter, 2);
    const flood = Array.from({ length: 200 }, () => talkFrom("127.0.0.2", endpoint, ""));
    await until(() => front.stats().clientLimits.refusedConnections === 198, "all but two are refused");
    expect((await getFrom("127.0.0.3", endpoint)).status).toBe(200);
    for (const { socket } of flood) socket.destroy();
    await until(() => front.stats().openConnections === 0, "all are gone");
    expect((await getFrom("127.0.0.2", endpoint)).status).toBe(200);
  });
});

test("a connection that is read for the second time, since it may not switch, is still one", async () => {
  const { endpoint } = await startLimited("here", 1);
  const client = talkFrom("127.0.0.2", endpoint, upgradeRequest("unknown"));
  await served(client);
  client.socket.write(GET);
  await until(() => client.heard().split("HTTP/1.1 200").length === 3, "both requests are served");
});

test("connections of a trusted proxy are those of many clients, and do not count", async () => {
  const { endpoint: worker } = await startWorker(textApp("ok"));
  const options = { maxConnectionsPerClient: 1, trustedProxies: ["127.0.0.2"] };
  const { endpoint } = await startFront([worker], options);
  for (let count = 0; count < 3; count += 1) await served(talkFrom("127.0.0.2", endpoint, GET));
  await served(talkFrom("127.0.0.3", endpoint, GET));
  await talkFrom("127.0.0.3", endpoint, GET).untilHeard("503");
});

test("connections count for the address that the PROXY protocol names", async () => {
  const { endpoint: worker } = await startWorker(textApp("ok"));
  const options = { maxConnectionsPerClient: 1, trustedProxies: ["127.0.0.2"], proxyProtocol: "v1" } as const;
  const { endpoint } = await startFront([worker], options);
  const from = (address: string): Talker =>
    talkFrom("127.0.0.2", endpoint, `PROXY TCP4 ${address} 192.0.2.9 1000 80\r\n${GET}`);
  await served(from("192.0.2.1"));
  await served(from("192.0.2.2"));
  await from("192.0.2.1").untilHeard("503");
});
