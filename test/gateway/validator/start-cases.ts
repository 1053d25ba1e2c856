import type { Write } from "../../../src/gateway/types.ts";
import type { LintId } from "../../../src/gateway/validator/rules.ts";
import { type AnyApp, bytes } from "../run-gateway.ts";
import { type Case, starting, textHeaders } from "./lab.ts";

/** How an application gets `startResponse` and `write` wrong. */
export const startCases: readonly Case[] = [
  started("A10", "0 arguments"),
  started("A10", "1 argument", "200 OK"),
  started("A10", "4 arguments", "200 OK", textHeaders, undefined, 1),
  calledAgain("A11", "a second call without one"),
  calledAgain("A11", "a second call without one", null),
  {
    id: "A11",
    what: "a second call behind one that was refused",
    found: "a second call without one",
    provoke: (lab) =>
      lab.run((_environ, startResponse) => {
        try {
          Reflect.apply(startResponse, undefined, ["OK", []]);
        } catch {
          startResponse("500 Oops", textHeaders);
        }
        return [];
      }),
  },
  calledAgain("A12", "an array", ["Error", new Error("boom"), "traceback"]),
  calledAgain("A12", "a boolean", true),
  calledAgain("A12", "a boolean", false),
  calledAgain("A12", "a function", () => undefined),
  calledAgain("A13", "a string", "boom"),
  calledAgain("A13", "a number", 0),
  calledAgain("A13", "an object (Object)", { message: "boom" }),
  ...[99, 1000, 200.5, Number.NaN, -200].map((status) => started("A14", String(status), status, textHeaders)),
  started("A15", "undefined", undefined, textHeaders),
  started("A15", "an array", [200, "OK"], textHeaders),
  ...["OK", "20 OK", "099 Low", " 200 OK", "", "2OO OK"].map((status) =>
    started("A16", JSON.stringify(status), status, textHeaders),
  ),
  started("A17", "U+000D at index 6", "200 OK\r\nX-Injected: 1", textHeaders),
  started("A17", "U+20AC at index 4", "200 \u20ac", textHeaders),
  started("A17", "U+007F at index 4", "200 \u007f", textHeaders),
  started("A17", 'a blank at an end of "OK "', "200 OK ", textHeaders),
  started("A17", 'a blank at an end of " OK"', "200  OK", textHeaders),
  started("A17", 'a blank at an end of "OK\\t"', "200 OK\t", textHeaders),
  started("A18", '"200"', "200", textHeaders),
  started("A18", '"200OK"', "200OK", textHeaders),
  started("A18", '"2000 OK"', "2000 OK", textHeaders),
  started("A18", '"200\\tOK"', "200\tOK", textHeaders),
  started("A19", '"200 "', "200 ", textHeaders),
  started("A20", '"100 Continue"', "100 Continue", textHeaders),
  started("A20", '"199 Last"', "199 Last", textHeaders),
  started("A20", "103", 103, textHeaders),
  started("A20", "100", 100, textHeaders),
  started("A20", "199", 199, textHeaders),
  started("A21", "undefined", "200 OK", undefined),
  started("A21", "an object (Object)", "200 OK", { "Content-Type": "text/plain" }),
  started("A21", "an object (Headers)", "200 OK", new Headers()),
  withHeader("A22", "a string at headers[1]", "X-A: 1"),
  withHeader("A22", "1 element at headers[1]", ["X-A"]),
  withHeader("A22", "3 elements at headers[1]", ["X-A", "1", "2"]),
  withHeader("A22", "an object (Object) at headers[1]", { name: "X-A", value: "1" }),
  withHeader("A23", "a number at headers[1]", [1, "X-A"]),
  ...["X Bad", "X-Bad:", "", "X-B\u00e4d", "X\r\nY"].map((name) =>
    withHeader("A24", JSON.stringify(name).replace("\u00e4", "\\u00e4"), [name, "v"]),
  ),
  withHeader("A25", 'a number for "X-Count"', ["X-Count", 5]),
  withHeader("A25", 'an array for "Set-Cookie"', ["Set-Cookie", ["a=1", "b=2"]]),
  withHeader("A25", 'undefined for "ETag"', ["ETag", undefined]),
  withHeader("A26", "U+000D at index 6 for X-A", ["X-A", "secret\r\nSet-Cookie: a=1"]),
  withHeader("A26", "U+0000 at index 0 for X-A", ["X-A", "\0"]),
  withHeader("A26", "U+007F at index 1 for X-A", ["X-A", "a\u007f"]),
  withHeader("A27", "U+20AC at index 2 for X-A", ["X-A", "5 \u20ac"]),
  withHeader("A27", "U+0100 at index 0 for X-A", ["X-A", "\u0100"]),
  withHeader("A28", "a blank at an end for X-A", ["X-A", " v"]),
  withHeader("A28", "a blank at an end for X-A", ["X-A", "v\t"]),
  ...[
    "Connection",
    "keep-alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "TRANSFER-ENCODING",
    "Upgrade",
  ].map((name) => withHeader("A29", name, [name, "x"])),
  withHeader("A30", "Status", ["Status", "404 Not Found"]),
  withHeader("A30", "STATUS", ["STATUS", "404 Not Found"]),
  withHeader("A31", "wsgi.url_scheme", ["wsgi.url_scheme", "https"]),
  withHeader("A31", "Uwsgi_Bridge.worker", ["Uwsgi_Bridge.worker", "1"]),
  started("A32", "headers[1]", "200 OK", [
    ["Content-Length", "0"],
    ["content-length", "0"],
  ]),
  withHeader("A33", '"abc"', ["Content-Length", "abc"]),
  withHeader("A33", '"-1"', ["Content-Length", "-1"]),
  withHeader("A33", '""', ["Content-Length", ""]),
  started("A34", '"0"', "204 No Content", [["Content-Length", "0"]]),
  started("A35", '"text/plain" with status 204', "204 No Content", [["Content-Type", "text/plain"]]),
  started("A35", '"text/html" with status 304', 304, [["content-type", "text/html"]]),
  started("A53", '"text/html"', "200 OK", [["Content-Type", "text/html"]]),
  started("A53", '"Text/Plain; format=flowed"', "200 OK", [["Content-Type", "Text/Plain; format=flowed"]]),
  withoutType("A36", "an array", () => [bytes(""), bytes("x")]),
  withoutType("A36", "a generator", () => new Set([bytes(""), bytes("x"), bytes("y")])),
  written("A40", "0 arguments"),
  written("A40", "2 arguments", bytes("x"), "latin1"),
  written("A41", "a string", "text"),
  written("A41", "undefined", undefined),
  {
    id: "A42",
    what: "write() in a generator",
    found: "2 bytes written behind its return",
    provoke: (lab) =>
      lab.run(function* (_environ, startResponse) {
        const write = startResponse("200 OK", textHeaders);
        yield bytes("x");
        void write(bytes("yz"));
      }),
  },
  {
    id: "A42",
    what: "write() in a task that outlives the application",
    found: "1 byte written behind its return",
    provoke: async (lab) => {
      let write: Write | undefined;
      await lab.run(async (_environ, startResponse) => {
        write = startResponse("200 OK", textHeaders);
        return [];
      });
      await write?.(bytes("x"));
    },
  },
];

function started(id: LintId, found: string, ...args: readonly unknown[]): Case {
  return { id, what: found, found, provoke: (lab) => lab.run(starting(...args)) };
}

/** A header of which nothing is known, behind one that is right. */
function withHeader(id: LintId, found: string, header: unknown): Case {
  return started(id, found, "200 OK", [...textHeaders, header]);
}

function calledAgain(id: LintId, found: string, ...error: readonly unknown[]): Case {
  const app: AnyApp = (_environ, startResponse) => {
    startResponse("200 OK", textHeaders);
    Reflect.apply(startResponse, undefined, ["500 Oops", textHeaders, ...error]);
    return [];
  };
  return { id, what: found, found, provoke: (lab) => lab.run(app) };
}

function withoutType(id: LintId, what: string, body: () => unknown): Case {
  const app: AnyApp = (_environ, startResponse) => {
    startResponse("200 OK", []);
    return body();
  };
  return { id, what, found: "none", provoke: (lab) => lab.run(app) };
}

function written(id: LintId, found: string, ...args: readonly unknown[]): Case {
  const app: AnyApp = (_environ, startResponse) => {
    Reflect.apply(startResponse("200 OK", textHeaders), undefined, args);
    return [];
  };
  return { id, what: found, found, provoke: (lab) => lab.run(app) };
}
