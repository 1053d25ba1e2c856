import { expect, test } from "vitest";
import { FleetStory, oneStarts, type Story, tellStories, twoProcesses, twoStart } from "./fleet-story.ts";

const dying: readonly Story[] = [
  {
    title: "is replaced at once, whatever it died of",
    steps: [
      ...oneStarts,
      ["wait 5000", []],
      ["exit 1 SIGKILL", ["error: it ended by SIGKILL", "spawn 2 w1 g1"]],
    ],
  },
  {
    title: "after a long life is named, even when another has died of the same",
    settings: twoProcesses,
    steps: [
      ...twoStart,
      ["wait 5000", []],
      ["exit 1 SIGKILL", ["error: it ended by SIGKILL", "spawn 3 w1 g1"]],
      ["exit 2 SIGKILL", ["error: it ended by SIGKILL", "spawn 4 w2 g1"]],
    ],
  },
  {
    title: "in a loop: later and later, and named once",
    steps: [
      ...oneStarts,
      ["exit 1", ["error: it ended with exit code 3", "spawn 2 w1 g1"]],
      ["ready 2", []],
      ["exit 2", ["dark"]],
      ["wait 1000", ["spawn 3 w1 g1"]],
      ["ready 3", ["light"]],
      ["exit 3", ["dark"]],
      ["wait 1999", []],
      ["wait 1", ["spawn 4 w1 g1"]],
      ["exit 4", ["error: it ended with exit code 3 before it was ready"]],
      ["wait 4000", ["spawn 5 w1 g1"]],
    ],
  },
  {
    title: "after a second it is replaced at once, again and again: somebody kills it",
    steps: [
      ...oneStarts,
      ["wait 1000", []],
      ["exit 1 SIGKILL", ["error: it ended by SIGKILL", "spawn 2 w1 g1"]],
      ["ready 2", []],
      ["wait 1000", []],
      ["exit 2 SIGKILL", ["spawn 3 w1 g1"]],
      ["ready 3", []],
      ["wait 1000", []],
      ["exit 3 SIGKILL", ["spawn 4 w1 g1"]],
    ],
  },
  {
    title: "in a loop: forgotten once something has served for a while",
    steps: [
      ...oneStarts,
      ["exit 1", ["error: it ended with exit code 3", "spawn 2 w1 g1"]],
      ["ready 2", []],
      ["exit 2", ["dark"]],
      ["wait 1000", ["spawn 3 w1 g1"]],
      ["ready 3", ["light"]],
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
      ...twoStart,
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
      ...oneStarts,
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
    steps: [...oneStarts, ["wait 59999", []], ["wait 1", ["spawn 2 w1 g1"]]],
  },
  {
    title: "a successor that can not be started leaves the old one alone, and is tried again",
    settings: { maxRequests: 10 },
    steps: [
      ...oneStarts,
      ["report 1 10", ["spawn 2 w1 g1"]],
      ["fail 2 gone", []],
      ["exit 2", ["error: gone", "spawn 3 w1 g1"]],
      ["exit 3", ["error: it ended with exit code 3 before it was ready"]],
      ["wait 1000", ["spawn 4 w1 g1"]],
    ],
  },
  {
    title: "when it asks for it",
    steps: [...oneStarts, ["retire 1", ["spawn 2 w1 g1"]], ["ready 2", ["stop 1"]]],
  },
];

const counting: readonly Story[] = [
  {
    title: "one more, then one less: the last one goes",
    steps: [
      ...oneStarts,
      ["grow", ["spawn 2 w2 g1"]],
      ["ready 2", []],
      ["shrink", ["stop 2"]],
      ["exit 2", []],
    ],
  },
  { title: "never less than one", steps: [...oneStarts, ["shrink", []]] },
  {
    title: "one that is not ready yet goes too",
    steps: [...oneStarts, ["grow", ["spawn 2 w2 g1"]], ["shrink", ["kill 2"]], ["exit 2 SIGKILL", []]],
  },
];

const stopping: readonly Story[] = [
  {
    title: "lets all finish, and does not replace them",
    settings: twoProcesses,
    steps: [...twoStart, ["stop", ["stop 1", "stop 2"]], ["exit 1", []], ["grow", []], ["exit 2", ["down"]]],
  },
  {
    title: "a second time means at once",
    steps: [
      ...oneStarts,
      ["stop", ["stop 1"]],
      ["stop-now", ["cut 1"]],
      ["stop-now", []],
      ["wait 1000", ["kill 1"]],
      ["exit 1 SIGKILL", ["down"]],
    ],
  },
  {
    title: "who overstays the time is killed",
    steps: [...oneStarts, ["stop 500", ["stop 1"]], ["wait 2500", ["kill 1"]], ["exit 1 SIGKILL", ["down"]]],
  },
  {
    title: "without any process left it is over at once",
    steps: [
      ...oneStarts,
      ["exit 1", ["error: it ended with exit code 3", "spawn 2 w1 g1"]],
      ["exit 2", ["error: it ended with exit code 3 before it was ready", "dark"]],
      ["stop", ["down"]],
    ],
  },
];

tellStories("a process that dies", dying);
tellStories("a process is replaced", recycling);
tellStories("the number of processes", counting);
tellStories("stopping", stopping);

test("the jitter spreads the limit of requests", () => {
  const chances = [0, 0.5];
  const story = new FleetStory(
    { ...twoProcesses, maxRequests: 100, maxRequestsJitter: 10 },
    () => chances.shift() ?? 0,
  );
  for (const [event] of twoStart) story.tell(event);
  expect(story.tell("report 2 104")).toEqual([]);
  expect(story.tell("report 2 105")).toEqual(["spawn 3 w2 g1"]);
});

test("back-off grows to thirty seconds and no further", () => {
  const story = new FleetStory();
  for (const [event] of oneStarts) story.tell(event);
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
