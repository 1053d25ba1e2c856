import { describe, expect, test } from "vitest";
import type { FinishedResponse } from "../../src/gateway/types.ts";
import { signal } from "../support/wait.ts";
import { type AnyApp, bytes, ended, nextTurn, runToEnd, startRun } from "./run-gateway.ts";

const boom = new Error("boom");

describe("uwsgi_bridge.response_finished", () => {
  test("is called with everything there is to know", async () => {
    const started = startRun((environ, startResponse) => {
      environ["uwsgi_bridge.response_finished"].push(note);
      startResponse("201 Created", [["X-A", "1"]]);
      return [bytes("hello")];
    });
    const told: FinishedResponse[] = [];
    function note(response: FinishedResponse): void {
      told.push(response);
    }
    await ended(started);
    expect(told).toEqual([
      {
        environ: started.environ,
        status: "201 Created",
        headers: [
          ["X-A", "1"],
          ["Content-Length", "5"],
        ],
        bytesSent: 5,
        outcome: "complete",
        error: undefined,
      },
    ]);
    expect(told[0]?.environ).toBe(started.environ);
  });

  test("is called in reverse order, each one awaited", async () => {
    const order: string[] = [];
    await runToEnd((environ, startResponse) => {
      for (const name of ["a", "b", "c"]) {
        environ["uwsgi_bridge.response_finished"].push(async () => {
          await nextTurn();
          order.push(name);
        });
      }
      startResponse("200 OK", []);
      return [bytes("x")];
    });
    expect(order).toEqual(["c", "b", "a"]);
  });

  test("the run is not over before they are", async () => {
    const finisher = signal();
    const started = startRun((environ, startResponse) => {
      environ["uwsgi_bridge.response_finished"].push(() => finisher.promise);
      startResponse("200 OK", []);
      return [bytes("x")];
    });
    await nextTurn();
    expect({ ending: started.sink.ending, outcomes: started.outcomes }).toEqual({
      ending: "complete",
      outcomes: [],
    });
    finisher.resolve();
    expect(await ended(started)).toMatchObject({ outcome: "complete" });
  });

  test.each([
    {
      what: "an error before the head: what was sent is the error page",
      app: responding(fail),
      told: { status: "500 Internal Server Error", outcome: "app-error", error: boom },
    },
    {
      what: "an error behind the head",
      app: responding(function* () {
        yield bytes("part");
        fail();
      }),
      told: { status: "200 OK", bytesSent: 4, outcome: "app-error", error: boom },
    },
    {
      what: "a short body",
      app: responding(() => new Set([bytes("part")]), [["Content-Length", "8"]]),
      told: { status: "200 OK", bytesSent: 4, outcome: "short-body", error: undefined },
    },
    {
      what: "a body that was cut",
      app: responding(() => [bytes("hello")], [["Content-Length", "2"]]),
      told: { status: "200 OK", bytesSent: 2, outcome: "complete", error: undefined },
    },
    {
      what: "no result",
      app: () => undefined,
      told: { status: "500 Internal Server Error", outcome: "app-error", error: { code: "UWB_ERR_RESULT" } },
    },
  ])("is told of $what", async ({ app, told }) => {
    const responses: FinishedResponse[] = [];
    await runToEnd((environ, startResponse) => {
      environ["uwsgi_bridge.response_finished"].push((response) => void responses.push(response));
      return app(environ, startResponse);
    });
    expect(responses).toMatchObject([told]);
  });

  test("may be added to while the body is made, and by close()", async () => {
    const order: string[] = [];
    await runToEnd((environ, startResponse) => {
      const finishers = environ["uwsgi_bridge.response_finished"];
      const body = new Set([bytes("x")]);
      const close = () => void finishers.push(() => void order.push("added by close"));
      startResponse("200 OK", []);
      finishers.push(() => void order.push("added by the call"));
      return Object.assign(body, { close });
    });
    expect(order).toEqual(["added by close", "added by the call"]);
  });

  test("is the list that was there at first: a copy of the environ shares it", async () => {
    const order: string[] = [];
    await runToEnd((environ, startResponse) => {
      const copy = { ...environ };
      copy["uwsgi_bridge.response_finished"].push(() => void order.push("of the copy"));
      startResponse("200 OK", []);
      return [];
    });
    expect(order).toEqual(["of the copy"]);
  });
});

function fail(): never {
  throw boom;
}

function responding(body: () => unknown, headers: [string, string][] = []): AnyApp {
  return (_environ, startResponse) => {
    startResponse("200 OK", headers);
    return body();
  };
}
