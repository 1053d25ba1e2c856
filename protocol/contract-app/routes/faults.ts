import { type Body, bytes, type Route, type StartResponse, TEXT } from "../contract.ts";
import { CountedBody, countersOf } from "../counters.ts";

/** A route that passes these to startResponse, as wrong as they are. */
function wrongHead(status: unknown, fields: unknown, ...blocks: string[]): Route {
  return (_environ, startResponse) => {
    (startResponse as (status: unknown, fields: unknown) => void)(status, fields);
    return blocks.map(bytes);
  };
}

function wrongField(name: unknown, value: unknown, ...blocks: string[]): Route {
  return wrongHead("200 OK", [TEXT, [name, value]], ...(blocks.length === 0 ? ["x"] : blocks));
}

function sizedTo(length: number, ...blocks: string[]): Route {
  return (_environ, startResponse) => {
    startResponse("200 OK", [TEXT, ["Content-Length", String(length)]]);
    return (function* () {
      for (const block of blocks) yield bytes(block);
    })();
  };
}

function broken(): Error {
  return new Error("the contract app fails, as this route is meant to");
}

/** Starts with `fields`, sends blocks, then fails. */
function failing(fields: readonly (readonly [string, string])[], ...blocks: string[]): Route {
  return (_environ, startResponse) => {
    startResponse("200 OK", [TEXT, ...fields]);
    return (async function* () {
      for (const block of blocks) yield bytes(block);
      await new Promise((resolve) => setTimeout(resolve, 50));
      throw broken();
    })();
  };
}

function thenValue(...blocks: unknown[]): Route {
  return (_environ, startResponse) => {
    startResponse("200 OK", [TEXT]);
    return (function* () {
      yield* blocks;
    })();
  };
}

/** Routes of applications that do wrong: what the worker makes of them must not reach the client as something right. */
export const faultRoutes: Readonly<Record<string, Route>> = {
  raise: () => {
    throw broken();
  },
  "raise-started": (_environ, startResponse) => {
    startResponse("200 OK", [TEXT, ["X-Early", "1"]]);
    throw broken();
  },
  "raise-first": failing([]),
  "raise-later": failing([], "part"),
  "raise-sized": failing([["Content-Length", "8"]], "part"),
  "raise-closing": (_environ, startResponse, token) => {
    startResponse("200 OK", [TEXT, ["Content-Length", "8"]]);
    return new CountedBody(token, function* () {
      yield bytes("a");
      throw broken();
    });
  },
  "raise-in-close": (_environ, startResponse) => {
    startResponse("200 OK", [TEXT]);
    return {
      *[Symbol.iterator]() {
        yield bytes("whole");
      },
      close: () => {
        throw broken();
      },
    };
  },
  "start-never": () => [bytes("x")],
  "start-twice": (_environ, startResponse) => {
    startResponse("200 OK", [TEXT]);
    try {
      startResponse("500 Oops", [TEXT, ["X-Second", "1"]]);
    } catch {
      return [bytes("raised")];
    }
    return [bytes("accepted")];
  },
  "start-replaced": (_environ, startResponse) => {
    startResponse("200 OK", [TEXT, ["X-First", "1"]]);
    startResponse("500 Replaced", [TEXT, ["X-Second", "1"]], broken());
    return [bytes("error page")];
  },
  "start-late": (_environ, startResponse) => startedLate(startResponse),
  "start-with-error": (_environ, startResponse) => {
    startResponse("503 First", [TEXT], broken());
    return [bytes("error page")];
  },

  "status-bare": wrongHead("200", [TEXT], "x"),
  "status-100": wrongHead("100 Continue", []),
  "status-101": wrongHead("101 Switching Protocols", []),
  "status-crlf": wrongHead("200 OK\r\nX-Injected: 1", [TEXT], "x"),
  "status-text": wrongHead("OK", [TEXT], "x"),
  "field-crlf": wrongField("X-Bad", "a\r\nX-Injected: 1"),
  "field-lf": wrongField("X-Bad", "a\nX-Injected: 1"),
  "field-cr": wrongField("X-Bad", "a\rX-Injected: 1"),
  "field-nul": wrongField("X-Bad", "a\0b"),
  "field-wide": wrongField("X-Bad", "\u20ac"),
  "field-number": wrongField("X-Bad", 5),
  "field-status": wrongField("Status", "404 Not Found"),
  "name-space": wrongField("X Bad", "1"),
  "name-colon": wrongField("X-Bad:", "1"),
  "name-empty": wrongField("", "1"),
  "name-crlf": wrongField("X-Injected: 1\r\nX-Bad", "1"),
  "hop-transfer-encoding": wrongField("Transfer-Encoding", "chunked", "5\r\nhello\r\n0\r\n\r\n"),
  "hop-upgrade": wrongField("Upgrade", "h2c"),
  "hop-connection": wrongField("Connection", "keep-alive"),
  "hop-keep-alive": wrongField("Keep-Alive", "timeout=60"),

  "length-junk": wrongField("Content-Length", "abc", "hello"),
  "length-negative": wrongField("Content-Length", "-5", "hello"),
  "length-conflict": wrongHead("200 OK", [TEXT, ["Content-Length", "5"], ["Content-Length", "6"]], "hello!"),
  surplus: sizedTo(5, "hello", "world"),
  "surplus-block": sizedTo(7, "helloworld"),
  "surplus-write": async (_environ, startResponse, token) => {
    const write = startResponse("200 OK", [TEXT, ["Content-Length", "5"]]);
    await write(bytes("hello"));
    try {
      await write(bytes("world"));
      countersOf(token).note = "accepted";
    } catch {
      countersOf(token).note = "raised";
    }
    return [];
  },
  "surplus-many": (_environ, startResponse, token) => {
    startResponse("200 OK", [TEXT, ["Content-Length", "3"]]);
    return new CountedBody(token, function* () {
      yield bytes("abc");
      for (let number = 0; number < 50; number += 1) yield bytes("x".repeat(100));
    });
  },
  deficit: sizedTo(10, "abc"),

  "yields-text": thenValue("text"),
  "yields-number": thenValue(bytes("a"), 5, bytes("b")),
  "returns-text": (_environ, startResponse) => {
    startResponse("200 OK", [TEXT]);
    return "a string";
  },
  "returns-none": (_environ, startResponse) => {
    startResponse("200 OK", [TEXT]);
    return null;
  },
};

async function* startedLate(startResponse: StartResponse): AsyncGenerator<unknown, Body> {
  startResponse("200 OK", [TEXT]);
  yield bytes("started");
  startResponse("500 Late", [TEXT], broken());
  yield bytes("too late");
  return null;
}
