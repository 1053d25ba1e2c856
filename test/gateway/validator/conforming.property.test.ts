import fc from "fast-check";
import { expect, test } from "vitest";
import { UsageError } from "../../../src/errors.ts";
import { announceResponse } from "../../../src/gateway/response-start.ts";
import { LintError } from "../../../src/gateway/validator/lint-error.ts";
import { type AnyApp, bytes, nextTurn, runToEnd } from "../run-gateway.ts";
import { html } from "./conforming.ts";
import { Lab, newEnviron, newStartResponse, starting, throughNarrow, visible } from "./lab.ts";

const texts = fc.array(fc.string({ unit: fc.constantFrom("a", "\u00c3\u00a9", "\n"), maxLength: 4 }), {
  maxLength: 5,
});

interface Plan {
  readonly kind: "array" | "iterable" | "stream";
  readonly isAsync: boolean;
  readonly hasLength: boolean;
  readonly method: string;
  readonly written: readonly string[];
  readonly yielded: readonly string[];
  readonly reads: readonly (number | undefined)[];
  readonly hasClose: boolean;
  readonly corrects: boolean;
  readonly failsAt: number;
  /** The connection is full whenever something was sent. */
  readonly isNarrow: boolean;
}

const plans = fc.record<Plan>({
  kind: fc.constantFrom("array", "iterable", "stream"),
  isAsync: fc.boolean(),
  hasLength: fc.boolean(),
  method: fc.constantFrom("GET", "HEAD", "POST"),
  written: texts,
  yielded: texts,
  reads: fc.array(fc.option(fc.integer({ min: -1, max: 9 }), { nil: undefined }), { maxLength: 3 }),
  hasClose: fc.boolean(),
  corrects: fc.boolean(),
  failsAt: fc.integer({ min: 0, max: 30 }),
  isNarrow: fc.boolean(),
});

test("whatever keeps the rules gives the same bytes, with one validator and with two", async () => {
  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const app = appOf(plan);
      const lab = new Lab();
      const setup = { vars: { REQUEST_METHOD: plan.method }, body: "line\nrest" };
      const run = (given: AnyApp) => (plan.isNarrow ? throughNarrow(given, setup) : runToEnd(given, setup));
      const bare = visible(await run(app));
      expect(visible(await run(lab.wrap(app)))).toEqual(bare);
      expect(visible(await run(lab.wrap(lab.wrap(app))))).toEqual(bare);
      expect(lab.warnings).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

const anyText = fc.oneof(
  fc.string({
    unit: fc.constantFrom("a", "-", " ", "\t", "\r", "\0", "\u007f", "\u00ff", "\u0100", ":", "5"),
    maxLength: 4,
  }),
  fc.constantFrom("Content-Length", "Connection", "TE", "Status", "keep-alive", "Upgrade", "x-a", "Trailers"),
);
const anyStatus = fc.oneof(
  fc.integer({ min: 90, max: 1010 }),
  fc.constantFrom(
    "200 OK",
    "204 No Content",
    "200",
    "OK",
    "100 Continue",
    "200 ",
    "200  OK",
    "20x OK",
    200.5,
    null,
  ),
  fc.tuple(fc.integer({ min: 0, max: 1100 }), anyText).map(([code, text]) => `${code} ${text}`),
);
const anyHeader = fc.oneof(
  fc.tuple(anyText, anyText),
  fc.tuple(
    fc.constantFrom("Content-Length", "content-length"),
    fc.constantFrom("0", "5", "", "-1", "1e3", "05"),
  ),
  fc.constantFrom("X: 1", null, ["X"], ["X", 1], [1, "X"], ["X", "1", "2"]),
);

test("the validator refuses no less of a head than the server", () => {
  fc.assert(
    fc.property(anyStatus, fc.oneof(fc.array(anyHeader, { maxLength: 4 }), anyText), (status, headers) => {
      const server = errorOf(() => announceResponse(status, headers));
      const validator = errorOf(() => announced(status, headers));
      if (server) expect(server).toBeInstanceOf(UsageError);
      if (validator) expect(validator).toBeInstanceOf(LintError);
      if (server) expect(validator).toBeDefined();
      else if (validator) expect(stricter).toContain((validator as LintError).id);
    }),
    { numRuns: 3000 },
  );
});

/** What the server repairs or lets through: blanks around a reason, equal lengths, the length of a 204. */
const stricter = ["A17", "A32", "A34"];

test.each([
  ["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"],
  ["te", "trailer", "transfer-encoding", "upgrade", "status"],
])("both refuse the same names", (...names) => {
  for (const name of names) {
    expect(errorOf(() => announceResponse("200 OK", [[name, "x"]]))).toBeDefined();
    expect(errorOf(() => announced("200 OK", [[name, "x"]]))).toBeDefined();
  }
});

function announced(status: unknown, headers: unknown): void {
  new Lab().call(starting(status, headers), newEnviron(), () => newStartResponse()("200 OK", []));
}

function errorOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** An application that does all that, and keeps the rules while it does. */
function appOf(plan: Plan): AnyApp {
  const app: AnyApp = (environ, startResponse) => {
    const all = [...plan.written, ...plan.yielded].join("");
    const length: [string, string][] = plan.hasLength ? [["Content-Length", String(all.length)]] : [];
    const write = startResponse("200 OK", [...html, ...length]);
    if (plan.corrects) startResponse("500 Oops", [...html, ...length], new Error("late"));
    for (const text of plan.written) void write(bytes(text));
    const close = (): void => environ["wsgi.errors"].write("closed\n");
    return Object.assign(bodyOf(plan), plan.hasClose ? { close } : {});
  };
  if (!plan.isAsync) return app;
  return async (environ, startResponse) => {
    for (const size of plan.reads)
      environ["wsgi.errors"].write(`${await environ["wsgi.input"].read(size)}\n`);
    await nextTurn();
    return app(environ, startResponse);
  };
}

function bodyOf({ kind, yielded, failsAt }: Plan): object {
  if (kind === "array") return yielded.map(bytes);
  const blocks = (function* () {
    for (const [index, text] of yielded.entries()) {
      if (index === failsAt) throw new Error("boom");
      yield bytes(text);
    }
  })();
  if (kind === "iterable") return { [Symbol.iterator]: () => blocks };
  return {
    async *[Symbol.asyncIterator]() {
      for (const block of blocks) {
        await nextTurn();
        yield block;
      }
    },
  };
}
