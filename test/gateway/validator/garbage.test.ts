import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import { bytes } from "../run-gateway.ts";
import { asynchronous } from "./body-cases.ts";
import { Lab } from "./lab.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const bodies: Record<string, () => unknown> = {
  "an array": () => [bytes("x")],
  "an iterable": () => new Set([bytes("x")]),
  "an async iterable": () => asynchronous([bytes("x")]),
};

test.each(Object.entries(bodies))("a body that the server forgets is reported: %s", async (_what, body) => {
  const lab = new Lab();
  lab.body(body());
  await vi.waitFor(() => {
    collectGarbage();
    expect(lab.warnings).toMatchObject([{ id: "S40", side: "server" }]);
  });
  expect(lab.warnings[0]?.message).toContain("the body of GET / collected");
});

test.each(Object.entries(bodies))("a body that was closed is not: %s", async (_what, body) => {
  const lab = new Lab();
  const forgotten = new Lab();
  lab.body(body()).close();
  forgotten.body(body());
  await vi.waitFor(() => {
    collectGarbage();
    expect(forgotten.warnings).toHaveLength(1);
  });
  expect(lab.warnings).toEqual([]);
});
