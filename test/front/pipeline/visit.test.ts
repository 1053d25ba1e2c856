import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, test } from "vitest";
import type { Route } from "../../../src/front/pipeline/route.ts";
import type { Stage } from "../../../src/front/pipeline/stage.ts";
import { Visit } from "../../../src/front/pipeline/visit.ts";
import { silentLog } from "../../../src/log.ts";

class FakeResponse extends EventEmitter {
  destroyed = false;
  writableFinished = false;
}

/** A visit of stages that write down what happens to them; those that are named hold it up. */
function startVisit(names: readonly Stage["name"][], holding: readonly Stage["name"][] = []) {
  const calls: string[] = [];
  const stages = names.map(
    (name): Stage => ({
      name,
      enter: () => {
        calls.push(`into ${name}`);
        return !holding.includes(name);
      },
      leave: () => calls.push(`out of ${name}`),
    }),
  );
  const response = new FakeResponse();
  const visit = new Visit(
    {
      settings: { log: silentLog },
      stages,
      defaultRoute: {} as Route,
      isDraining: false,
      onOver: () => calls.push("over"),
    },
    { socket: {}, complete: true } as IncomingMessage,
    response as unknown as ServerResponse,
    {},
  );
  visit.pass();
  return { visit, response, calls };
}

test("stages are entered in their order, and left in the opposite one", () => {
  const { response, calls } = startVisit(["log", "validation", "upstream"], ["upstream"]);
  response.emit("close");
  expect(calls).toEqual([
    "into log",
    "into validation",
    "into upstream",
    "out of upstream",
    "out of validation",
    "out of log",
    "over",
  ]);
});

test("a stage that answers keeps the request from those behind it, which are not left either", () => {
  const { response, calls } = startVisit(["log", "access", "upstream"], ["access"]);
  response.emit("close");
  expect(calls).toEqual(["into log", "into access", "out of access", "out of log", "over"]);
});

test("a stage that took its time lets the request go on", () => {
  const { visit, calls } = startVisit(["static", "upstream"], ["static", "upstream"]);
  expect(calls).toEqual(["into static"]);
  visit.pass();
  expect(calls).toEqual(["into static", "into upstream"]);
});

test("a client that left meanwhile goes nowhere", () => {
  const { visit, response, calls } = startVisit(["static", "upstream"], ["static"]);
  response.destroyed = true;
  visit.pass();
  response.emit("close");
  visit.pass();
  expect(calls).toEqual(["into static", "out of static", "over"]);
});

test("a response that closes twice is over once", () => {
  const { response, calls } = startVisit(["upstream"], ["upstream"]);
  response.emit("close");
  response.emit("close");
  expect(calls.filter((call) => call === "over")).toHaveLength(1);
});

test("work for a client that left is given up, work for a complete response is not", () => {
  for (const [writableFinished, cancelled] of [
    [false, 1],
    [true, 0],
  ] as const) {
    const { visit, response } = startVisit(["upstream"], ["upstream"]);
    let count = 0;
    visit.carrier = { cancel: () => (count += 1) };
    response.writableFinished = writableFinished;
    response.emit("close");
    expect(count).toBe(cancelled);
  }
});

test("nobody uses a request before it was found valid", () => {
  const { visit } = startVisit([]);
  expect(() => visit.parsed).toThrow("before it was found valid");
});
