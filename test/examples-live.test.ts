import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type RawData, WebSocket } from "ws";
import { startExample } from "./support/example.ts";
import { openHttp, sendHttp } from "./support/http-client.ts";
import type { Program } from "./support/process.ts";

describe("examples/chat.ts", () => {
  let port: number;
  let program: Program;

  beforeAll(async () => {
    ({ port, program } = await startExample("chat.ts"));
  });

  afterAll(() => program.stop());

  test("shows its page", async () => {
    const page = await sendHttp(port);
    expect(page.header("Content-Type")).toMatch(/^text\/html/);
    expect(page.text).toBe(readFileSync("examples/chat.html", "latin1"));
  });

  test("tells everybody what one says", async () => {
    const [ada, bob] = [await join(port), await join(port)];
    const heard = [ada, bob].map(nextMessage);
    ada.send("hello, bob");
    expect(await Promise.all(heard)).toEqual(["hello, bob", "hello, bob"]);
    bob.close(1000);
    expect((await once(bob, "close"))[0]).toBe(1000);
    const alone = nextMessage(ada);
    ada.send("still here");
    expect(await alone).toBe("still here");
  });

  test("closes the connection of whoever says too much", async () => {
    const talker = await join(port);
    const closed = once(talker, "close");
    talker.send("x".repeat(5000));
    expect((await closed)[0]).toBe(1009);
  });

  test("has no room elsewhere", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/other`);
    socket.on("error", () => undefined);
    const [, response] = (await once(socket, "unexpected-response")) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(400);
    socket.terminate();
  });
});

describe("examples/clock.ts", () => {
  let port: number;
  let program: Program;

  beforeAll(async () => {
    ({ port, program } = await startExample("clock.ts"));
  });

  afterAll(() => program.stop());

  test("shows its page", async () => {
    const page = await sendHttp(port);
    expect(page.text).toBe(readFileSync("examples/clock.html", "latin1"));
  });

  test("tells the time at once, and every second", async () => {
    const events = await openHttp(port, { path: "/events" });
    expect(events.header("Content-Type")).toBe("text/event-stream");
    const first = timeIn(await events.nextBlock());
    const heardAt = Date.now();
    const second = timeIn(await events.nextBlock());
    expect(second - first).toBeGreaterThan(500);
    // The first did not wait for the second: that one was not there yet.
    expect(second).toBeGreaterThan(heardAt);
    events.leave();
  });
});

describe("examples/download.ts", () => {
  let port: number;
  let program: Program;

  beforeAll(async () => {
    ({ port, program } = await startExample("download.ts"));
  });

  afterAll(() => program.stop());

  test("sends a file to those who may have it", async () => {
    const path = "/download/errors.md?key=secret";
    const file = await sendHttp(port, { path });
    expect(file.status).toBe(200);
    expect(file.text).toBe(readFileSync("docs/errors.md", "latin1"));
    expect(file.header("Content-Disposition")).toBe("attachment; filename=errors.md");
    expect(file.values("X-Accel-Redirect")).toEqual([]);
    const part = await sendHttp(port, { path, headers: [["Range", "bytes=0-9"]] });
    expect(part).toMatchObject({ status: 206, text: file.text.slice(0, 10) });
  });

  test.each([
    { name: "who has no key", path: "/download/errors.md", status: 403 },
    { name: "who leaves the directory", path: "/download/..%2Fpackage.json?key=secret", status: 403 },
    { name: "who asks for what is not there", path: "/download/none?key=secret", status: 404 },
  ])("refuses those $name", async ({ path, status }) => {
    expect((await sendHttp(port, { path })).status).toBe(status);
  });
});

async function join(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/chat`);
  onTestFinished(() => socket.terminate());
  await once(socket, "open");
  return socket;
}

async function nextMessage(socket: WebSocket): Promise<string> {
  const [data] = (await once(socket, "message")) as [RawData];
  return (data as Buffer).toString();
}

function timeIn(event: Buffer): number {
  const [, time = ""] = /^event: tick\ndata: (.+)\n\n$/.exec(event.toString()) ?? [];
  return Date.parse(time);
}
