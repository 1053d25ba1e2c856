import { describe, expect, test } from "vitest";
import type { FrontOptions } from "../../../src/front/options.ts";
import { type StartedFront, startFront } from "../../support/fronts.ts";
import { startTalker } from "../../support/tunnels.ts";
import { sleep } from "../../support/wait.ts";
import { startWorker, textApp } from "../../support/workers.ts";
import { get, HOST, post } from "./http-case.ts";

const LIMIT_MS = 300;
const HALF_A_HEAD = `GET /x HTTP/1.1\r\n${HOST}X-A: 1`;

async function startSite(options: Omit<FrontOptions, "to">): Promise<StartedFront> {
  const { endpoint: to } = await startWorker(textApp("page"));
  return startFront([to], options);
}

describe("the head of a request", () => {
  test("that never begins costs its connection, and is not answered", async () => {
    const { endpoint, log } = await startSite({ headersTimeoutMs: LIMIT_MS });
    const client = startTalker(endpoint, "");
    await client.untilEnd();
    expect(client.heard()).toBe("");
    expect(log.lines).toEqual([]);
  });

  test("that does not end is answered 408", async () => {
    const { endpoint } = await startSite({ headersTimeoutMs: LIMIT_MS });
    const client = startTalker(endpoint, HALF_A_HEAD);
    expect(await client.untilEnd()).toBe("fin");
    expect(client.heard()).toMatch(/^HTTP\/1\.1 408 [\s\S]*^Connection: close\r$/m);
  });

  test("that comes a byte at a time has no more time", async () => {
    const { endpoint } = await startSite({ headersTimeoutMs: LIMIT_MS });
    const client = startTalker(endpoint, HALF_A_HEAD);
    const timer = setInterval(() => client.socket.write("a"), LIMIT_MS / 10);
    expect(await client.untilEnd()).toBe("fin");
    clearInterval(timer);
    expect(client.heard()).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("that does not end behind an answer is answered 408", async () => {
    const { endpoint } = await startSite({ headersTimeoutMs: LIMIT_MS });
    const client = startTalker(endpoint, get());
    await client.untilHeard("page");
    client.socket.write(HALF_A_HEAD);
    expect(await client.untilEnd()).toBe("fin");
    expect(client.heard()).toMatch(/^HTTP\/1\.1 200 [\s\S]*page(?:\r\n)*HTTP\/1\.1 408 /);
  });

  test("that does not end does not hold up a front that closes", async () => {
    const { front, endpoint } = await startSite({ headersTimeoutMs: LIMIT_MS });
    const client = startTalker(endpoint, HALF_A_HEAD);
    await client.untilHeard("").then(() => sleep(20));
    await front.close(60_000);
    expect(client.heard()).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe("the body of a request", () => {
  const rows = [
    { what: "with a length", send: post("Content-Length: 10\r\n", "abc") },
    { what: "in chunks", send: post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n") },
  ];

  test.each(rows)("$what that does not end is answered 408", async ({ send }) => {
    const { endpoint } = await startSite({ bodyTimeoutMs: LIMIT_MS });
    const client = startTalker(endpoint, send);
    expect(await client.untilEnd()).toBe("fin");
    expect(client.heard()).toMatch(/^HTTP\/1\.1 408 /);
  });

  test.each(rows)("$what that does not end does not hold up a front that closes", async ({ send }) => {
    const { front, endpoint } = await startSite({ bodyTimeoutMs: LIMIT_MS });
    const client = startTalker(endpoint, send);
    await sleep(20);
    await front.close(60_000);
    expect(client.heard()).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("that is slow, but comes, has all the time it needs", async () => {
    const { endpoint } = await startSite({ bodyTimeoutMs: 2000, headersTimeoutMs: LIMIT_MS });
    const client = startTalker(endpoint, post("Content-Length: 12\r\n", ""));
    for (let byte = 0; byte < 12; byte += 1) {
      await sleep(LIMIT_MS / 4);
      client.socket.write("a");
    }
    expect(await client.untilHeard("page")).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe("a kept connection", () => {
  test("without a request is closed without a word", async () => {
    const { endpoint } = await startSite({ keepAliveTimeoutMs: LIMIT_MS });
    const client = startTalker(endpoint, get());
    await client.untilHeard("page");
    const heard = client.heard();
    expect(await client.untilEnd()).toBe("fin");
    expect(client.heard()).toBe(heard);
  });
});

test("a client that goes on sending behind its 413 is cut in the end", async () => {
  const { endpoint } = await startSite({ maxBodyBytes: 10 });
  const client = startTalker(endpoint, post("Content-Length: 1000000\r\n", ""));
  const sending = setInterval(() => client.socket.write("x"), 50);
  const closed = new Promise<void>((resolve) => client.socket.once("close", () => resolve()));
  expect(await client.untilEnd()).toBe("fin");
  expect(client.heard()).toMatch(/^HTTP\/1\.1 413 /);
  await closed;
  clearInterval(sending);
}, 30_000);
