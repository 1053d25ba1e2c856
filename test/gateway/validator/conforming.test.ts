import { describe, expect, test } from "vitest";
import { type AnyApp, bytes, type EndedRun, ended, nextTurn, startRun } from "../run-gateway.ts";
import { html } from "./conforming.ts";
import { conformingRequests } from "./conforming-requests.ts";
import { conformingResponses } from "./conforming-responses.ts";
import { Lab, throughNarrow, visible } from "./lab.ts";

const conformingApps = [...conformingResponses, ...conformingRequests];

describe("an application that keeps the rules does not notice", () => {
  test.each(conformingApps)("a validator: $what", async ({ app, setup }) => {
    const lab = new Lab();
    const bare = await ended(startRun(app, setup));
    expect(visible(await ended(startRun(lab.wrap(app), setup)))).toEqual(visible(bare));
    expect(lab.warnings).toEqual([]);
  });

  test.each(conformingApps)("two of them: $what", async ({ app, setup }) => {
    const lab = new Lab();
    const bare = await ended(startRun(app, setup));
    const twice = lab.wrap(lab.wrap(app));
    expect(visible(await ended(startRun(twice, setup)))).toEqual(visible(bare));
    expect(lab.warnings).toEqual([]);
  });

  test.each(conformingApps)("a strict one: $what", async ({ app, setup }) => {
    const bare = await ended(startRun(app, setup));
    expect(visible(await ended(startRun(new Lab(true).wrap(app), setup)))).toEqual(visible(bare));
  });

  test.each(conformingApps)(
    "one behind a connection that is full at every turn: $what",
    async ({ app, setup }) => {
      const lab = new Lab();
      const bare = await throughNarrow(app, setup);
      expect(visible(await throughNarrow(lab.wrap(app), setup))).toEqual(visible(bare));
      expect(lab.warnings).toEqual([]);
    },
  );
});

test("most of them answer with a complete response", async () => {
  const outcomes = await Promise.all(
    conformingApps.map(async ({ app, setup }) => (await ended(startRun(app, setup))).outcome),
  );
  expect(outcomes.filter((outcome) => outcome !== "complete")).toHaveLength(5);
});

describe("an application whose client leaves does not notice a validator", () => {
  const apps: Record<string, AnyApp> = {
    "an async generator": async function* (environ, startResponse) {
      const { write } = environ["wsgi.errors"];
      const tell = write.bind(environ["wsgi.errors"]);
      startResponse("200 OK", html);
      try {
        for (let count = 0; count < 10; count += 1) {
          await nextTurn();
          tell(`block ${count}\n`);
          yield bytes(String(count));
        }
      } finally {
        tell("finally\n");
      }
    },
    "a body with close()": (environ, startResponse) => {
      startResponse("200 OK", html);
      const next = (): unknown => nextTurn().then(() => ({ done: false, value: bytes("x") }));
      const close = (): void => environ["wsgi.errors"].write("closed\n");
      return { [Symbol.asyncIterator]: () => ({ next }), close };
    },
    "write() that fails": async (environ, startResponse) => {
      const write = startResponse("200 OK", html);
      try {
        for (let count = 0; count < 10; count += 1) {
          await nextTurn();
          await write(bytes(String(count)));
        }
      } catch (error) {
        environ["wsgi.errors"].write(`${error instanceof Error ? error.name : "?"}\n`);
      }
      return [];
    },
  };

  test.each(
    Object.entries(apps).flatMap(([what, app]) => [0, 1, 2, 3, 5].map((turn) => ({ what, app, turn }))),
  )("$what, turn $turn", async ({ app, turn }) => {
    const lab = new Lab();
    const bare = await abandoned(app, turn);
    expect(visible(await abandoned(lab.wrap(app), turn))).toEqual(visible(bare));
    expect(lab.warnings).toEqual([]);
  });
});

/** Run it with a client that leaves after so many turns. */
async function abandoned(app: AnyApp, turns: number): Promise<EndedRun> {
  const started = startRun(app);
  for (let turn = 0; turn < turns; turn += 1) await nextTurn();
  started.leave();
  return ended(started);
}
