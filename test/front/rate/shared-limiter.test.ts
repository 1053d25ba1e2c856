import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { LimitAnswer, LimitQuestion } from "../../../src/front/rate/limit-channel.ts";
import { LimitDesk } from "../../../src/front/rate/limit-desk.ts";
import type { LimitTicket } from "../../../src/front/rate/limiter.ts";
import { RateLimit, type RateLimitSettings } from "../../../src/front/rate/rate-limit.ts";
import { SharedLimiter } from "../../../src/front/rate/shared-limiter.ts";
import { ADMITTED, CROWDED } from "../../../src/front/rate/verdict.ts";
import { RecordingLog } from "../../support/recording-log.ts";

/** Processes that share a limit, over channels that can be held up. */
class Lab {
  readonly limit: RateLimit;
  readonly desk: LimitDesk;
  readonly log = new RecordingLog();
  readonly questions: LimitQuestion[] = [];
  isStuck = false;
  isGone = false;
  #last = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(settings: RateLimitSettings) {
    const clock = { nowUs: () => Math.floor(performance.now() * 1000) };
    this.limit = new RateLimit({ ...clock, ...settings });
    this.desk = new LimitDesk([this.limit]);
  }

  process(): SharedLimiter {
    this.#last += 1;
    const id = this.#last;
    let listener: (answer: LimitAnswer) => void = () => undefined;
    const channel = {
      ask: (question: LimitQuestion): boolean => {
        if (this.isGone) return false;
        this.questions.push(question);
        const respond = (): void => {
          const answer = this.desk.respond(id, question);
          if (answer) listener(answer);
        };
        if (this.isStuck) this.#waiting.push(respond);
        else respond();
        return true;
      },
      onAnswer: (onAnswer: typeof listener): void => {
        listener = onAnswer;
      },
    };
    return new SharedLimiter(channel, { limit: 0, counts: this.limit.counts, log: this.log });
  }

  goOn(): void {
    this.isStuck = false;
    for (const respond of this.#waiting.splice(0)) respond();
  }
}

function enter(limiter: SharedLimiter, key = "a"): LimitTicket & { readonly heard: readonly unknown[] } {
  const heard: unknown[] = [];
  const ticket = limiter.enter(key, () => heard.push(ticket.verdict));
  return Object.assign(ticket, { heard });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Run the immediates that wait. */
const turn = (): void => void vi.advanceTimersByTime(0);

describe("requests of several processes", () => {
  test("are counted together, and asked about once in a turn", () => {
    const lab = new Lab({ inProgress: 3 });
    const [one, two] = [lab.process(), lab.process()];
    const tickets = [enter(one), enter(two), enter(one), enter(two), enter(one, "b")];
    expect(tickets.map(({ verdict }) => verdict)).toEqual(tickets.map(() => undefined));
    turn();
    expect(tickets.map(({ verdict }) => verdict)).toEqual([ADMITTED, ADMITTED, ADMITTED, CROWDED, ADMITTED]);
    expect(tickets.every(({ heard }) => heard.length === 1)).toBe(true);
    expect(lab.questions.map(({ keys }) => keys)).toEqual([
      ["a", "a", "b"],
      ["a", "a"],
    ]);
  });

  test("are given back once each, in any order", () => {
    const lab = new Lab({ inProgress: 2 });
    const limiter = lab.process();
    const tickets = [enter(limiter), enter(limiter), enter(limiter)];
    turn();
    for (const ticket of [...tickets, ...tickets]) ticket.leave();
    turn();
    expect(lab.limit.size.inProgress).toBe(0);
    expect(lab.questions.at(-1)).toMatchObject({ keys: [], over: [1, 2] });
  });

  test("that are over before the verdict are given back", () => {
    const lab = new Lab({ inProgress: 1 });
    const limiter = lab.process();
    enter(limiter).leave();
    turn();
    lab.isStuck = true;
    const asked = enter(limiter);
    turn();
    asked.leave();
    turn();
    lab.goOn();
    expect(lab.limit.size.inProgress).toBe(0);
  });

  test("of a process that ends are over", () => {
    const lab = new Lab({ inProgress: 2 });
    const [one, two] = [lab.process(), lab.process()];
    enter(one);
    const second = enter(two);
    turn();
    lab.desk.forget(1);
    const third = enter(two);
    turn();
    expect([second.verdict, third.verdict]).toEqual([ADMITTED, ADMITTED]);
    lab.desk.forget(2);
    expect(lab.limit.size.inProgress).toBe(0);
  });
});

test("a refused client is not asked about again before its time", () => {
  const lab = new Lab({ rate: { requests: 10 } });
  const limiter = lab.process();
  const first = [enter(limiter), enter(limiter)];
  turn();
  expect(first.map(({ verdict }) => verdict)).toEqual([ADMITTED, 100_000]);
  vi.advanceTimersByTime(40);
  const again = enter(limiter);
  turn();
  expect([again.verdict, again.heard.length, lab.questions.length]).toEqual([60_000, 0, 1]);
  vi.advanceTimersByTime(60);
  const later = enter(limiter);
  turn();
  expect([later.verdict, lab.questions.length]).toEqual([ADMITTED, 2]);
});

describe("without an answer", () => {
  test("requests go on after a while, those that follow at once, and one warning counts them", () => {
    const lab = new Lab({ rate: { requests: 1 } });
    const limiter = lab.process();
    lab.isStuck = true;
    const first = [enter(limiter), enter(limiter)];
    turn();
    vi.advanceTimersByTime(199);
    expect(first.map(({ verdict }) => verdict)).toEqual([undefined, undefined]);
    vi.advanceTimersByTime(2);
    expect(first.map(({ heard }) => heard)).toEqual([[ADMITTED], [ADMITTED]]);
    expect(enter(limiter).verdict).toBe(ADMITTED);
    expect([limiter.unasked, lab.questions.length]).toEqual([3, 1]);
    expect(lab.log.lines.map(({ level, fields }) => [level, fields["count"]])).toEqual([["warn", 1]]);
  });

  test("its coming late ends that", () => {
    const lab = new Lab({ rate: { requests: 1 } });
    const limiter = lab.process();
    lab.isStuck = true;
    enter(limiter);
    vi.advanceTimersByTime(300);
    lab.goOn();
    const next = enter(limiter);
    turn();
    expect(next.verdict).toBe(1_000_000);
  });

  test("what went on unasked and was counted late is given back once", () => {
    const lab = new Lab({ inProgress: 1 });
    const limiter = lab.process();
    lab.isStuck = true;
    const tickets = [enter(limiter), enter(limiter)];
    vi.advanceTimersByTime(300);
    const unasked = enter(limiter);
    lab.goOn();
    expect(lab.limit.size.inProgress).toBe(1);
    for (const ticket of [...tickets, unasked]) ticket.leave();
    turn();
    expect(lab.limit.size.inProgress).toBe(0);
  });

  test("for nobody is there, requests go on at once", () => {
    const lab = new Lab({ rate: { requests: 1 } });
    const limiter = lab.process();
    lab.isGone = true;
    const ticket = enter(limiter);
    turn();
    expect(ticket.heard).toEqual([ADMITTED]);
    expect(enter(limiter).verdict).toBe(ADMITTED);
  });
});
