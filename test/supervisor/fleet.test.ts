import { describe, expect, test } from "vitest";
import type { FleetSettings } from "../../src/supervisor/rules/settings.ts";
import { FleetStory, type Step } from "./fleet-story.ts";

interface Story {
  readonly title: string;
  readonly settings?: Partial<FleetSettings>;
  readonly steps: readonly Step[];
}

const up1: readonly Step[] = [
  ["start", ["spawn 1 w1 g1"]],
  ["ready 1", ["up"]],
];
const up2: readonly Step[] = [
  ["start", ["spawn 1 w1 g1", "spawn 2 w2 g1"]],
  ["ready 2", []],
  ["ready 1", ["up"]],
];
const two = { processes: 2 };

const starting: readonly Story[] = [
  { title: "all serve before the fleet is up", settings: two, steps: up2 },
  {
    title: "an application that can not be loaded ends it all, with its reason",
    settings: two,
    steps: [
      ["start", ["spawn 1 w1 g1", "spawn 2 w2 g1"]],
      ["ready 2", []],
      ["fail 1 no such module", []],
      ["exit 1", ["give up: no such module", "kill 2"]],
      ["exit 2 SIGKILL", []],
    ],
  },
  {
    title: "a process that ends without a word is a failure too",
    steps: [
      ["start", ["spawn 1 w1 g1"]],
      ["exit 1 SIGSEGV", ["give up: it ended by SIGSEGV before it was ready"]],
    ],
  },
  {
    title: "one that is never ready is killed",
    settings: { bootTimeoutMs: 1000 },
    steps: [
      ["start", ["spawn 1 w1 g1"]],
      ["wait 999", []],
      ["wait 1", ["kill 1"]],
      ["wait 1000", []],
      ["exit 1 SIGKILL", ["give up: it was not ready within 1000 ms"]],
    ],
  },
  {
    title: "development waits for a better version, and names the error once",
    settings: { survivesFirstFailure: true },
    steps: [
      ["start", ["spawn 1 w1 g1"]],
      ["fail 1 SyntaxError", []],
      ["exit 1", ["error: SyntaxError", "spawn 2 w1 g1"]],
      ["fail 2 SyntaxError", []],
      ["exit 2", []],
      ["reload", ["reloading", "spawn 3 w1 g2"]],
      ["ready 3", ["up", "reloaded"]],
    ],
  },
  {
    title: "told to stop meanwhile: what is not ready is killed",
    settings: two,
    steps: [
      ["start", ["spawn 1 w1 g1", "spawn 2 w2 g1"]],
      ["ready 1", []],
      ["stop", ["stop 1", "kill 2"]],
      ["exit 2 SIGKILL", []],
      ["exit 1", ["down"]],
    ],
  },
  {
    title: "told to reload meanwhile: what is not ready is started anew",
    steps: [
      ["start", ["spawn 1 w1 g1"]],
      ["reload", ["reloading", "kill 1", "spawn 2 w1 g2"]],
      ["exit 1 SIGKILL", []],
      ["ready 2", ["up", "reloaded"]],
    ],
  },
];

const reloading: readonly Story[] = [
  {
    title: "one after the other, and each stops when its successor is ready",
    settings: two,
    steps: [
      ...up2,
      ["reload", ["reloading", "spawn 3 w1 g2"]],
      ["wait 100", []],
      ["ready 3", ["stop 1", "spawn 4 w2 g2"]],
      ["exit 1", []],
      ["ready 4", ["stop 2", "reloaded"]],
      ["exit 2", []],
    ],
  },
  {
    title: "a generation that can not be loaded leaves the old one alone",
    settings: two,
    steps: [
      ...up2,
      ["reload", ["reloading", "spawn 3 w1 g2"]],
      ["fail 3 SyntaxError", []],
      ["exit 3", ["error: SyntaxError", "reload failed"]],
      ["wait 100000", []],
      ["reload", ["reloading", "spawn 4 w1 g3"]],
      ["ready 4", ["stop 1", "spawn 5 w2 g3"]],
    ],
  },
  {
    title: "a generation that is not ready in time as well",
    settings: { bootTimeoutMs: 1000 },
    steps: [
      ...up1,
      ["reload", ["reloading", "spawn 2 w1 g2"]],
      ["wait 1000", ["kill 2"]],
      ["exit 2 SIGKILL", ["error: it was not ready within 1000 ms", "reload failed"]],
    ],
  },
  {
    title: "a failure after the first has served is tried again, then later and later",
    settings: two,
    steps: [
      ...up2,
      ["reload", ["reloading", "spawn 3 w1 g2"]],
      ["ready 3", ["stop 1", "spawn 4 w2 g2"]],
      ["exit 4", ["error: it ended with exit code 3 before it was ready", "spawn 5 w2 g2"]],
      ["exit 5", []],
      ["wait 999", []],
      ["wait 1", ["spawn 6 w2 g2"]],
      ["ready 6", ["stop 2", "reloaded"]],
    ],
  },
  {
    title: "again before it is over: what is on its way is given up",
    settings: two,
    steps: [
      ...up2,
      ["reload", ["reloading", "spawn 3 w1 g2"]],
      ["ready 3", ["stop 1", "spawn 4 w2 g2"]],
      ["reload", ["reloading", "kill 4", "spawn 5 w1 g3"]],
      ["exit 4 SIGKILL", []],
      ["ready 5", ["stop 3", "spawn 6 w2 g3"]],
      ["ready 6", ["stop 2", "reloaded"]],
    ],
  },
  {
    title: "the old process dies meanwhile: its successor takes its place",
    steps: [
      ...up1,
      ["reload", ["reloading", "spawn 2 w1 g2"]],
      ["exit 1 SIGKILL", ["error: it ended by SIGKILL"]],
      ["ready 2", ["reloaded"]],
    ],
  },
  {
    title: "told to stop meanwhile",
    steps: [
      ...up1,
      ["reload", ["reloading", "spawn 2 w1 g2"]],
      ["stop", ["stop 1", "kill 2"]],
      ["reload", []],
      ["exit 1", []],
      ["exit 2 SIGKILL", ["down"]],
    ],
  },
  {
    title: "an old process that does not leave is killed",
    settings: { gracefulTimeoutMs: 1000 },
    steps: [
      ...up1,
      ["reload", ["reloading", "spawn 2 w1 g2"]],
      ["ready 2", ["stop 1", "reloaded"]],
      ["wait 2999", []],
      ["wait 1", ["kill 1"]],
      ["exit 1 SIGKILL", []],
    ],
  },
];

const dying: readonly Story[] = [
  {
    title: "is replaced at once, whatever it died of",
    steps: [...up1, ["wait 5000", []], ["exit 1 SIGKILL", ["error: it ended by SIGKILL", "spawn 2 w1 g1"]]],
  },
  {
    title: "in a loop: later and later, and named once",
    steps: [
      ...up1,
      ["exit 1", ["error: it ended with exit code 3", "spawn 2 w1 g1"]],
      ["ready 2", []],
      ["exit 2", []],
      ["wait 1000", ["spawn 3 w1 g1"]],
      ["ready 3", []],
      ["exit 3", []],
      ["wait 1999", []],
      ["wait 1", ["spawn 4 w1 g1"]],
      ["exit 4", ["error: it ended with exit code 3 before it was ready"]],
      ["wait 4000", ["spawn 5 w1 g1"]],
    ],
  },
  {
    title: "in a loop: forgotten once something has served for a while",
    steps: [
      ...up1,
      ["exit 1", ["error: it ended with exit code 3", "spawn 2 w1 g1"]],
      ["ready 2", []],
      ["exit 2", []],
      ["wait 1000", ["spawn 3 w1 g1"]],
      ["ready 3", []],
      ["wait 5000", []],
      ["exit 3", ["error: it ended with exit code 3", "spawn 4 w1 g1"]],
    ],
  },
];

const recycling: readonly Story[] = [
  {
    title: "after so many requests, one at a time, and not before the last one has left",
    settings: { processes: 2, maxRequests: 10 },
    steps: [
      ...up2,
      ["report 1 9", []],
      ["report 1 10", ["spawn 3 w1 g1"]],
      ["report 2 12", []],
      ["ready 3", ["stop 1"]],
      ["exit 1", ["spawn 4 w2 g1"]],
      ["ready 4", ["stop 2"]],
      ["exit 2", []],
    ],
  },
  {
    title: "over the memory limit, but no sooner than ten seconds after its start",
    settings: { maxRssBytes: 100 * 2 ** 20 },
    steps: [
      ...up1,
      ["report 1 1 101", []],
      ["wait 10000", ["spawn 2 w1 g1"]],
      ["ready 2", ["stop 1"]],
      ["exit 1", []],
      ["report 2 1 100", []],
    ],
  },
  {
    title: "of age",
    settings: { maxLifetimeMs: 60_000 },
    steps: [...up1, ["wait 59999", []], ["wait 1", ["spawn 2 w1 g1"]]],
  },
  {
    title: "a successor that can not be started leaves the old one alone, and is tried again",
    settings: { maxRequests: 10 },
    steps: [
      ...up1,
      ["report 1 10", ["spawn 2 w1 g1"]],
      ["fail 2 gone", []],
      ["exit 2", ["error: gone", "spawn 3 w1 g1"]],
      ["exit 3", ["error: it ended with exit code 3 before it was ready"]],
      ["wait 1000", ["spawn 4 w1 g1"]],
    ],
  },
  {
    title: "when it asks for it",
    steps: [...up1, ["retire 1", ["spawn 2 w1 g1"]], ["ready 2", ["stop 1"]]],
  },
];

const counting: readonly Story[] = [
  {
    title: "one more, then one less: the last one goes",
    steps: [...up1, ["grow", ["spawn 2 w2 g1"]], ["ready 2", []], ["shrink", ["stop 2"]], ["exit 2", []]],
  },
  { title: "never less than one", steps: [...up1, ["shrink", []]] },
  {
    title: "one that is not ready yet goes too",
    steps: [...up1, ["grow", ["spawn 2 w2 g1"]], ["shrink", ["kill 2"]], ["exit 2 SIGKILL", []]],
  },
];

const stopping: readonly Story[] = [
  {
    title: "lets all finish, and does not replace them",
    settings: two,
    steps: [...up2, ["stop", ["stop 1", "stop 2"]], ["exit 1", []], ["grow", []], ["exit 2", ["down"]]],
  },
  {
    title: "a second time means at once",
    steps: [
      ...up1,
      ["stop", ["stop 1"]],
      ["stop-now", ["cut 1"]],
      ["stop-now", []],
      ["wait 1000", ["kill 1"]],
      ["exit 1 SIGKILL", ["down"]],
    ],
  },
  {
    title: "who overstays the time is killed",
    steps: [...up1, ["stop 500", ["stop 1"]], ["wait 2500", ["kill 1"]], ["exit 1 SIGKILL", ["down"]]],
  },
  {
    title: "without any process left it is over at once",
    steps: [
      ...up1,
      ["exit 1", ["error: it ended with exit code 3", "spawn 2 w1 g1"]],
      ["exit 2", ["error: it ended with exit code 3 before it was ready"]],
      ["stop", ["down"]],
    ],
  },
];

describe.each([
  ["starting", starting],
  ["reloading", reloading],
  ["a process that dies", dying],
  ["a process is replaced", recycling],
  ["the number of processes", counting],
  ["stopping", stopping],
] as const)("%s", (_what, stories) => {
  test.each(stories)("$title", ({ settings, steps }) => {
    const story = new FleetStory(settings);
    for (const [event, actions] of steps) expect([event, story.tell(event)]).toEqual([event, actions]);
  });
});

test("the jitter spreads the limit of requests", () => {
  const chances = [0, 0.5];
  const story = new FleetStory(
    { ...two, maxRequests: 100, maxRequestsJitter: 10 },
    () => chances.shift() ?? 0,
  );
  for (const [event] of up2) story.tell(event);
  expect(story.tell("report 2 104")).toEqual([]);
  expect(story.tell("report 2 105")).toEqual(["spawn 3 w2 g1"]);
});

test("back-off grows to thirty seconds and no further", () => {
  const story = new FleetStory();
  for (const [event] of up1) story.tell(event);
  const waits = Array.from({ length: 9 }, (_, index) => {
    const log = story.actions(`exit ${index + 1}`).find(({ type }) => type === "log");
    const waitMs = log?.type === "log" ? Number(log.fields["retryInMs"]) : Number.NaN;
    if (waitMs > 0) story.tell(`wait ${waitMs}`);
    return waitMs / 1000;
  });
  expect(waits).toEqual([0, 1, 2, 4, 8, 16, 30, 30, 30]);
});

test("it wakes for the next moment that matters, and for nothing in between", () => {
  const story = new FleetStory({ bootTimeoutMs: 1000, maxLifetimeMs: 60_000 });
  story.tell("start");
  expect(story.fleet.wakeAt(0)).toBe(1000);
  story.tell("wait 100");
  story.tell("ready 1");
  expect(story.fleet.wakeAt(100)).toBe(5100);
  story.tell("wait 5000");
  expect(story.fleet.wakeAt(5100)).toBe(60_000);
  story.tell("stop 1000");
  expect(story.fleet.wakeAt(5100)).toBe(8100);
});
