import { describe, expect, test } from "vitest";
import { BodyPace, type BodyPaceLimits } from "../../../src/front/body/body-pace.ts";
import { startFront, startScriptedWorker } from "../../support/fronts.ts";
import { connectHttp } from "../../support/raw-http.ts";
import { sleep, until } from "../../support/wait.ts";

const LIMITS: BodyPaceLimits = { bodyTimeoutMs: 60_000, minBodyRate: 500, minBodyRateAfterMs: 20_000 };

describe("the next bytes have to come", () => {
  test("within the grace at first", () => {
    expect(new BodyPace(LIMITS).wait(1000)).toBe(21_000);
  });

  test("within the limit of silence when that is shorter", () => {
    expect(new BodyPace({ ...LIMITS, bodyTimeoutMs: 5000 }).wait(1000)).toBe(6000);
  });

  test("within the limit of silence alone when any rate will do", () => {
    const pace = new BodyPace({ ...LIMITS, minBodyRate: 0 });
    pace.wait(0);
    pace.pause(59_000, 1);
    expect(pace.wait(59_000)).toBe(119_000);
  });

  test("the later the more there were", () => {
    const pace = new BodyPace(LIMITS);
    pace.wait(0);
    pace.pause(10_000, 5000);
    // 20 s and 10 s for 5000 bytes, less the 10 s that were waited.
    expect(pace.wait(10_000)).toBe(30_000);
    pace.pause(12_000, 1);
    expect(pace.wait(12_000)).toBe(30_002);
  });

  test("at once when the time is used up", () => {
    const pace = new BodyPace(LIMITS);
    pace.wait(0);
    pace.pause(25_000, 1);
    expect(pace.wait(25_000)).toBe(25_000);
  });

  test("not while nobody reads", () => {
    const pace = new BodyPace(LIMITS);
    pace.wait(0);
    pace.pause(1000, 500);
    pace.pause(500_000);
    expect(pace.wait(500_000)).toBe(520_000);
  });
});

test.each([
  [60_000, "no byte of the request body arrived for 60000 ms"],
  [20_000, "the request body arrives at less than 500 bytes in a second"],
])("after %i ms of silence: %s", (now, complaint) => {
  const pace = new BodyPace(LIMITS);
  pace.wait(0);
  expect(pace.complaint(now)).toBe(complaint);
});

describe.each([true, false])("requestBuffering %s", (requestBuffering) => {
  const HEAD = "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1000000\r\n\r\n";

  test("a client that sends a byte now and then is told 408, and its connection ends", async () => {
    const worker = await startScriptedWorker(() => undefined);
    const options = { requestBuffering, minBodyRate: 1000, minBodyRateAfterMs: 300 };
    const { endpoint, log } = await startFront([worker.endpoint], options);
    const client = connectHttp(endpoint);
    let heard = "";
    let isEnded = false;
    client.on("data", (chunk: Buffer) => {
      heard += chunk.toString("latin1");
    });
    client.on("end", () => {
      isEnded = true;
    });
    client.on("error", () => undefined);
    client.write(HEAD);
    const drip = setInterval(() => client.write("x"), 20);
    await until(() => isEnded, "the front ends the connection", 10_000);
    clearInterval(drip);
    client.destroy();
    expect(heard).toMatch(/^HTTP\/1\.1 408 .*\r\nConnection: close\r\n.*UWB_ERR_BODY_TIMEOUT/is);
    expect(log.codes).toEqual(["UWB_ERR_BODY_TIMEOUT"]);
  }, 15_000);

  test("a client that sends enough is not hurried", async () => {
    const worker = await startScriptedWorker(() => undefined);
    const options = { requestBuffering, minBodyRate: 1000, minBodyRateAfterMs: 300 };
    const { endpoint, log } = await startFront([worker.endpoint], options);
    const client = connectHttp(endpoint);
    client.on("error", () => undefined);
    client.write(HEAD);
    for (let count = 0; count < 40; count += 1) {
      client.write("x".repeat(1000));
      await sleep(25);
    }
    expect(log.codes).toEqual([]);
    client.destroy();
  }, 15_000);
});
