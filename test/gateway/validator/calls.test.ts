import { describe, expect, test } from "vitest";
import type { ResponseFinished } from "../../../src/gateway/types.ts";
import { validator } from "../../../src/gateway/validator/validator.ts";
import { type AnyApp, bytes, ended, nextTurn, prepareRequest, runToEnd, startRun } from "../run-gateway.ts";
import { asynchronous, iteratorOf } from "./body-cases.ts";
import { answering, hello, Lab, newEnviron, setting, starting, textHeaders } from "./lab.ts";

describe("a fault is thrown where it is made: the stack names", () => {
  const culprits: Record<string, AnyApp> = {
    startResponse: function culprit(_environ, startResponse) {
      startResponse("200 OK", [["X Bad", "v"]]);
      return [];
    },
    write: function culprit(_environ, startResponse) {
      Reflect.apply(startResponse("200 OK", textHeaders), undefined, ["text"]);
      return [];
    },
    "input.read": async function culprit(environ) {
      return [await environ["wsgi.input"].read(0.5)];
    },
    "errors.write": function culprit(environ) {
      Reflect.apply(environ["wsgi.errors"].write, environ["wsgi.errors"], [5]);
      return [];
    },
  };
  test.each(Object.entries(culprits))("the caller of %s", async (_what, app) => {
    const error: unknown = await new Lab().run(app).then(undefined, (thrown: unknown) => thrown);
    expect(error).toMatchObject({ stack: expect.stringContaining("culprit") });
  });
});

describe("a warning goes", () => {
  test("to wsgi.errors of its request, when nobody asked for it", async () => {
    const app = validator(starting("200 ", textHeaders) as never);
    const { errorLines } = await ended(startRun(app));
    expect(errorLines).toEqual([
      'A19 the status has a reason phrase; found "200 "; fix: write one, or pass the code as a number',
    ]);
  });

  test("to onWarning, and then not to the log", async () => {
    const lab = new Lab();
    const { errorLines } = await lab.run(starting("200 ", textHeaders));
    expect(errorLines).toEqual([]);
    expect(lab.warnings).toMatchObject([{ id: "A19", side: "application" }]);
  });
});

describe("startResponse", () => {
  const boom = new Error("boom");

  test("announces nothing when a correction is refused, as in the server", async () => {
    const swallowing: AnyApp = (_environ, startResponse) => {
      startResponse("200 OK", textHeaders);
      try {
        startResponse("500 Oops\n" as "500 Oops", textHeaders, boom);
      } catch {
        // This is the mistake.
      }
      return [bytes("x")];
    };
    await expect(new Lab().run(swallowing)).rejects.toThrow(/^A71 /);
    expect((await runToEnd(swallowing)).log.codes).toEqual(["UWB_ERR_NO_START"]);
  });

  test("gets its arguments as they are", () => {
    const seen: unknown[][] = [];
    const record = (...args: unknown[]) => {
      seen.push(args);
      return () => undefined;
    };
    const app: AnyApp = (_environ, startResponse) => {
      startResponse("200 OK", textHeaders);
      startResponse(500, textHeaders, boom);
      return [];
    };
    new Lab().call(app, newEnviron(), record);
    expect(seen).toEqual([
      ["200 OK", textHeaders],
      [500, textHeaders, boom],
    ]);
  });

  test("is not refused in a correction because of what the head before it announced", async () => {
    const app: AnyApp = (_environ, startResponse) => {
      startResponse("200 OK", [...textHeaders, ["Content-Length", "1"]]);
      startResponse(500, [...textHeaders, ["Content-Length", "5"]], boom);
      return [bytes("sorry")];
    };
    expect(await new Lab().run(app)).toMatchObject({ body: "sorry", outcome: "complete" });
  });

  test("what write() returns is handed on", () => {
    const promise = Promise.resolve();
    const answers = [undefined, promise];
    const seen: unknown[] = [];
    const app: AnyApp = (_environ, startResponse) => {
      const write = startResponse("200 OK", textHeaders);
      seen.push(write(bytes("a")), write(bytes("b")));
      return [];
    };
    new Lab().call(app, newEnviron(), () => () => answers.shift());
    expect(seen).toEqual([undefined, promise]);
    expect(seen[1]).toBe(promise);
  });

  test("that was refused leaves no write() to use", async () => {
    const app: AnyApp = (_environ, startResponse) => {
      const write = startResponse("200 OK", textHeaders);
      expect(() => Reflect.apply(startResponse, undefined, ["x", [], boom])).toThrow(/^A16 /);
      void write(bytes("x"));
      return [];
    };
    await expect(new Lab().run(app)).rejects.toThrow(/^A71 .*; found 1 byte written behind a startResponse/);
  });
});

describe("an environ", () => {
  test.each([
    "wsgi.file_wrapper",
    "uwsgi_bridge.response_finished",
    "uwsgi_bridge.signal",
    "wsgi.input_terminated",
  ])("may come without %s, from another server", (key) => {
    const lab = new Lab();
    const environ = newEnviron();
    delete environ[key];
    lab.call(hello, environ);
    expect(key in environ).toBe(false);
    expect(lab.warnings).toEqual([]);
  });

  test("may come without SCRIPT_NAME, or without PATH_INFO below the root", () => {
    const lab = new Lab();
    lab.serve(setting({ SCRIPT_NAME: undefined }));
    lab.serve(setting({ SCRIPT_NAME: "/app", PATH_INFO: undefined }));
    expect(lab.warnings).toEqual([]);
  });

  test("may be a literal, also one of another realm", async () => {
    const { runInNewContext } = await import("node:vm");
    const lab = new Lab();
    lab.serve((environ) => ({ ...environ }));
    lab.serve((environ) => Object.assign(runInNewContext("({})"), environ));
    expect(lab.warnings).toEqual([]);
  });

  test("may have keys that are symbols, of any kind", () => {
    const lab = new Lab();
    lab.serve((environ) => {
      Reflect.set(environ, Symbol("extra"), 5);
    });
    expect(lab.warnings).toEqual([]);
  });

  test("is the same object for the application, with the same keys", () => {
    const environ = newEnviron();
    const keys = Object.keys(environ);
    let seen: unknown;
    const app: AnyApp = (given, startResponse) => {
      seen = given;
      return hello(given, startResponse);
    };
    new Lab().call(app, environ);
    expect(seen).toBe(environ);
    expect(Object.keys(environ)).toEqual(keys);
  });

  test("of two requests may go through two validators, each", () => {
    const lab = new Lab();
    const inner = lab.wrap(hello);
    const environ = newEnviron();
    lab.call((given, startResponse) => inner(given, startResponse), environ);
    expect(lab.warnings).toEqual([]);
  });
});

describe("response_finished", () => {
  type Finisher = (response: unknown) => unknown;

  function register(lab: Lab, finishers: Finisher[], act: (seen: ResponseFinished[]) => void): void {
    const environ = newEnviron();
    environ["uwsgi_bridge.response_finished"] = finishers as ResponseFinished[];
    const app: AnyApp = (given, startResponse) => {
      act(given["uwsgi_bridge.response_finished"]);
      return hello(given, startResponse);
    };
    lab.call(app, environ);
  }

  test("hands on what a callable is told, what it returns and what it throws", () => {
    const finishers: Finisher[] = [];
    const told: unknown[] = [];
    register(new Lab(), finishers, (seen) => {
      seen.push(() => {
        throw new Error("boom");
      });
      seen.push((response) => {
        told.push(response);
        return "returned" as unknown as undefined;
      });
    });
    expect(finishers[1]?.("response")).toBe("returned");
    expect(told).toEqual(["response"]);
    expect(() => finishers[0]?.("response")).toThrow("boom");
  });

  test("leaves alone what others put there, and what is no function", () => {
    const other: Finisher = () => undefined;
    const finishers: Finisher[] = [other];
    register(new Lab(), finishers, (seen) => {
      seen.push(5 as unknown as ResponseFinished);
      expect(seen).toHaveLength(2);
    });
    expect(finishers).toEqual([other, 5]);
    other("first");
    finishers[0]?.("again");
  });

  test("of a server that takes them off the end is in order", () => {
    const finishers: Finisher[] = [];
    const ran: number[] = [];
    register(new Lab(), finishers, (seen) => {
      for (const number of [1, 2, 3]) seen.push(() => void ran.push(number));
    });
    for (let last = finishers.pop(); last; last = finishers.pop()) last("response");
    expect(ran).toEqual([3, 2, 1]);
  });
});

describe("reading", () => {
  test("is not late when the server gave the body up: the application can not know", async () => {
    for (const body of [new Set([bytes("a"), bytes("b")]), asynchronous([bytes("a"), bytes("b")])]) {
      const environ = newEnviron({ body: "0123456789" });
      const guard = new Lab().call(
        answering(() => body),
        environ,
      );
      await iteratorOf(guard as never).next();
      (guard as { close(): unknown }).close();
      expect(String(await environ["wsgi.input"].read())).toBe("0123456789");
    }
  });

  test("is not late before the body is closed", async () => {
    const environ = newEnviron({ body: "0123456789" });
    new Lab().call(hello, environ);
    expect(String(await environ["wsgi.input"].read())).toBe("0123456789");
  });

  test("several times in one go is no matter, also when it takes a while", async () => {
    const lab = new Lab();
    const { environ, input } = prepareRequest({ vars: { CONTENT_LENGTH: "4" } });
    lab.call(hello, environ);
    const reads = [
      environ["wsgi.input"].read(1),
      environ["wsgi.input"].readline(1),
      environ["wsgi.input"].read(2),
    ];
    await nextTurn();
    input.receive(bytes("abcd"));
    expect((await Promise.all(reads)).map(String)).toEqual(["a", "b", "cd"]);
    expect(lab.warnings).toEqual([]);
  });

  test("one behind the other is no matter, also behind one that failed", async () => {
    const lab = new Lab();
    const { environ, input } = prepareRequest({ vars: { CONTENT_LENGTH: "4" } });
    lab.call(hello, environ);
    const read = environ["wsgi.input"].read(2);
    await nextTurn();
    input.fail(new Error("gone"));
    await expect(read).rejects.toThrow("gone");
    await nextTurn();
    await expect(environ["wsgi.input"].read(1)).rejects.toThrow("gone");
    expect(lab.warnings).toEqual([]);
  });

  test("a chunked body has no length to exceed", async () => {
    const lab = new Lab();
    const { environ, input } = prepareRequest({ vars: { HTTP_TRANSFER_ENCODING: "chunked" } });
    lab.call(hello, environ);
    input.receive(bytes("a line\nand more"));
    input.finish();
    expect(String(await environ["wsgi.input"].readline())).toBe("a line\n");
    expect(String(await environ["wsgi.input"].read())).toBe("and more");
    expect(lab.warnings).toEqual([]);
  });

  test("leaving an iteration tells the server's iterator", async () => {
    const seen: string[] = [];
    const environ = newEnviron({ vars: { CONTENT_LENGTH: "9" } });
    const blocks = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: bytes("x") }),
        return: async () => {
          seen.push("return");
          return { done: true, value: undefined };
        },
      }),
    };
    const input = environ["wsgi.input"];
    Object.defineProperty(input, "chunks", { value: () => blocks });
    new Lab().call(hello, environ);
    for await (const block of environ["wsgi.input"].chunks()) {
      expect(block).toEqual(bytes("x"));
      break;
    }
    expect(seen).toEqual(["return"]);
  });
});
