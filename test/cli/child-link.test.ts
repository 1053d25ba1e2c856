import { EventEmitter } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { type ChildLink, childLinkOf } from "../../src/cli/child-link.ts";
import { type ChildPlace, NO_REPORT, PLACE_VARIABLE } from "../../src/supervisor/messages.ts";

const place: ChildPlace = { worker: 2, processes: 3, generation: 4, endpoints: ["unix:/s"], fds: [4] };

/** A process as far as a link uses it. */
class TestProcess extends EventEmitter {
  connected = true;
  readonly env: Record<string, string> = { [PLACE_VARIABLE]: JSON.stringify(place) };
  readonly sent: unknown[] = [];
  readonly exit = vi.fn();
  readonly memoryUsage = { rss: () => 5 };

  send(message: unknown, _handle: undefined, _options: undefined, sent: () => void): void {
    this.sent.push(message);
    sent();
  }

  disconnect(): void {
    this.connected = false;
    this.emit("disconnect");
  }
}

function linked(): { readonly process: TestProcess; readonly link: ChildLink } {
  const process = new TestProcess();
  const link = childLinkOf(process as unknown as NodeJS.Process);
  if (!link) throw new Error("no link");
  return { process, link };
}

test("a process without a supervisor has no link", () => {
  const process = new TestProcess();
  delete process.env[PLACE_VARIABLE];
  expect(childLinkOf(process as unknown as NodeJS.Process)).toBeUndefined();
  expect(process.exit).not.toHaveBeenCalled();
});

test("a child whose supervisor is gone before it has begun ends: alone it would be a service that nobody asked for", () => {
  const process = new TestProcess();
  process.connected = false;
  childLinkOf(process as unknown as NodeJS.Process);
  expect(process.exit).toHaveBeenCalledWith(1);
});

test("it knows its place, and what it starts does not", () => {
  const { process, link } = linked();
  expect(link.place).toEqual(place);
  expect(process.env).toEqual({});
});

describe("requests to stop", () => {
  test("count, and those of others do not", () => {
    const { process, link } = linked();
    const counts: number[] = [];
    link.onStop((count) => counts.push(count));
    process.emit("message", { hello: 1 });
    process.emit("SIGINT");
    process.emit("SIGHUP");
    expect(counts).toEqual([]);
    process.emit("message", { uwsgiBridge: "stop" });
    process.emit("message", { uwsgiBridge: "stop" });
    process.disconnect();
    expect(counts).toEqual([1]);
    process.emit("message", { uwsgiBridge: "cut" });
    expect(counts).toEqual([1, 2]);
  });

  test("at once are both at a time", () => {
    const { process, link } = linked();
    const counts: number[] = [];
    const stopListening = link.onStop((count) => counts.push(count));
    process.emit("message", { uwsgiBridge: "cut" });
    expect(counts).toEqual([1, 2]);
    stopListening();
    expect(process.listenerCount("message")).toBe(0);
  });

  test("without a supervisor it finishes; before it serves it ends", () => {
    const serving = linked();
    const counts: number[] = [];
    serving.link.onStop((count) => counts.push(count));
    serving.process.disconnect();
    expect(counts).toEqual([1]);
    expect(serving.process.exit).not.toHaveBeenCalled();
    const { process } = linked();
    process.disconnect();
    expect(process.exit).toHaveBeenCalledOnce();
  });
});

test("questions go to the supervisor, and its answers come back without stopping anything", () => {
  const { process, link } = linked();
  const heard: unknown[] = [];
  link.onStop((count) => heard.push(count));
  link.onAnswer((answer) => heard.push(answer));
  expect(link.ask({ of: "it" })).toBe(true);
  expect(process.sent).toEqual([{ uwsgiBridge: "ask", question: { of: "it" } }]);
  process.emit("message", { uwsgiBridge: "answer", answer: "yes" });
  process.emit("message", { answer: "of somebody else" });
  expect(heard).toEqual(["yes"]);
  process.connected = false;
  expect(link.ask("again")).toBe(false);
  expect(process.sent).toHaveLength(1);
});

test("SIGTERM asks the supervisor for a successor", () => {
  const { process } = linked();
  process.emit("SIGTERM");
  expect(process.sent).toEqual([{ uwsgiBridge: "retire", reason: "it was sent SIGTERM" }]);
});

test("the last report is sent before the channel is closed", async () => {
  const { process, link } = linked();
  link.ready();
  let requests = 1;
  link.reportRegularly(() => ({ ...NO_REPORT, requests }));
  requests = 7;
  await link.close();
  expect(process.sent).toEqual([
    { uwsgiBridge: "ready" },
    { uwsgiBridge: "report", report: { ...NO_REPORT, requests: 7, rssBytes: 5 } },
  ]);
  expect(process.connected).toBe(false);
  expect(process.exit).not.toHaveBeenCalled();
  await link.failed("nobody hears it");
});
