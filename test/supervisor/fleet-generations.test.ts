import { oneStarts, type Story, tellStories, twoProcesses, twoStart } from "./fleet-story.ts";

const starting: readonly Story[] = [
  { title: "all serve before the fleet is up", settings: twoProcesses, steps: twoStart },
  {
    title: "an application that can not be loaded ends it all, with its reason",
    settings: twoProcesses,
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
      ["exit 2", ["dark"]],
      ["reload", ["reloading", "spawn 3 w1 g2"]],
      ["ready 3", ["light", "up", "reloaded"]],
    ],
  },
  {
    title: "told to stop meanwhile: what is not ready is killed",
    settings: twoProcesses,
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
    settings: twoProcesses,
    steps: [
      ...twoStart,
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
    settings: twoProcesses,
    steps: [
      ...twoStart,
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
      ...oneStarts,
      ["reload", ["reloading", "spawn 2 w1 g2"]],
      ["wait 1000", ["kill 2"]],
      ["exit 2 SIGKILL", ["error: it was not ready within 1000 ms", "reload failed"]],
    ],
  },
  {
    title: "a failure after the first has served is tried again, then later and later",
    settings: twoProcesses,
    steps: [
      ...twoStart,
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
    settings: twoProcesses,
    steps: [
      ...twoStart,
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
      ...oneStarts,
      ["reload", ["reloading", "spawn 2 w1 g2"]],
      ["exit 1 SIGKILL", ["error: it ended by SIGKILL"]],
      ["ready 2", ["reloaded"]],
    ],
  },
  {
    title: "told to stop meanwhile",
    steps: [
      ...oneStarts,
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
      ...oneStarts,
      ["reload", ["reloading", "spawn 2 w1 g2"]],
      ["ready 2", ["stop 1", "reloaded"]],
      ["wait 2999", []],
      ["wait 1", ["kill 1"]],
      ["exit 1 SIGKILL", []],
    ],
  },
];

tellStories("starting", starting);
tellStories("reloading", reloading);
