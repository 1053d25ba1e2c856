import { expect, test } from "vitest";
import { BodyPace } from "../../src/front/body-pace.ts";

const limits = { bodyTimeoutMs: 60_000, bodyMinRate: 500 };

test("the first 20 seconds are free, every 500 bytes give another second", () => {
  const pace = new BodyPace(limits);
  expect(pace.wait(1000)).toBe(21_000);
  pace.receive(2000, 1000);
  expect(pace.wait(2000)).toBe(23_000);
});

test("a byte now and then is not enough", () => {
  const pace = new BodyPace(limits);
  let now = 0;
  let deadline = pace.wait(now);
  while (now + 5000 < deadline) {
    now += 5000;
    pace.receive(now, 1);
    deadline = pace.wait(now);
  }
  expect(deadline).toBe(20_008);
  expect(pace.fault(deadline)).toBe("the request body arrived at less than 500 bytes a second");
});

test("who sends as fast as that goes on for ever", () => {
  const pace = new BodyPace(limits);
  for (let now = 0; now < 3_600_000; now += 1000) {
    expect(pace.wait(now)).toBeGreaterThan(now + 1000);
    pace.receive(now + 1000, 500);
  }
});

test("silence has its own limit, however fast the bytes before it came", () => {
  const pace = new BodyPace(limits);
  pace.wait(0);
  pace.receive(10, 1_000_000);
  expect(pace.wait(10)).toBe(60_010);
  expect(pace.fault(60_010)).toBe("no byte of the request body arrived for 60000 ms");
});

test("the time of a disk or a worker is not the client's", () => {
  const pace = new BodyPace(limits);
  pace.wait(0);
  pace.receive(1000, 0);
  expect(pace.wait(100_000)).toBe(119_000);
});

test("waiting that is asked about twice counts once", () => {
  const pace = new BodyPace(limits);
  pace.wait(0);
  expect(pace.wait(15_000)).toBe(20_000);
});

test("without a rate only silence counts", () => {
  const pace = new BodyPace({ ...limits, bodyMinRate: 0 });
  pace.wait(0);
  pace.receive(3_600_000, 1);
  expect(pace.wait(3_600_000)).toBe(3_660_000);
});
