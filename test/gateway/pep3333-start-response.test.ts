import { describe, expect, test } from "vitest";
import type { StartResponse } from "../../src/gateway/types.ts";
import { RecordingSink } from "../support/recording-sink.ts";
import { type AnyApp, bytes, runToEnd, valuesOf } from "./run-gateway.ts";

test("startResponse returns a function to write blocks with (PEP 3333, The start_response() Callable)", async () => {
  let returned: unknown;
  await runToEnd((_environ, startResponse) => {
    returned = startResponse("200 OK", []);
    return [];
  });
  expect(returned).toBeTypeOf("function");
});

test.each([undefined, null])(
  "an error argument of %s counts as none (PEP 3333, The start_response() Callable)",
  async (nothing) => {
    const { body } = await runToEnd((_environ, startResponse) => {
      startResponse("200 OK", [], nothing);
      return [bytes(codeOf(() => startResponse("500 Oops", [], nothing)))];
    });
    expect(body).toBe("UWB_ERR_HEADERS_SET");
  },
);

describe("the status is three digits, one space and a reason (PEP 3333, The start_response() Callable)", () => {
  test.each(["200 OK", "404 Not Found", "299 Very Custom Reason", "200 ", "999 x", "200 Caf\u00e9"])(
    "%o goes out as it is",
    async (status) => {
      expect(await runToEnd(respondingWith(status, []))).toMatchObject({ status, body: "x" });
    },
  );

  test.each(["200", "OK", "20 OK", "2000 OK", "099 Low", "200\tOK", " 200 OK", "200 OK\r\nX-Injected: 1"])(
    "%o is refused, and nothing of it is sent",
    async (status) => {
      expect(await runToEnd(respondingWith(status, []))).toMatchObject(errorPage);
    },
  );
});

describe("header names and values are what HTTP allows (PEP 3333, The start_response() Callable)", () => {
  test("order, repetition, case and empty values are kept", async () => {
    const given: [string, string][] = [
      ["Set-Cookie", "a=1"],
      ["x-LoWeR-CaSe", "m"],
      ["Set-Cookie", "b=2"],
      ["X-Empty", ""],
      ["Content-Length", "1"],
    ];
    expect((await runToEnd(respondingWith("200 OK", given))).headers).toEqual(given);
  });

  test.each([
    { what: "a name with a space and a colon", header: ["X Bad:", "v"] },
    { what: "an empty name", header: ["", "v"] },
    { what: "a value with CR LF", header: ["X-Bad", "a\r\nX-Injected: 1"] },
    { what: "a value with LF", header: ["X-Bad", "a\nb"] },
    { what: "a value with NUL", header: ["X-Bad", "a\0b"] },
    { what: "a value with DEL", header: ["X-Bad", "a\u007fb"] },
  ] satisfies { what: string; header: [string, string] }[])("$what is refused", async ({ header }) => {
    expect(await runToEnd(respondingWith("200 OK", [header]))).toMatchObject(errorPage);
  });
});

test("the list of headers is copied, and never changed (PEP 3333, The start_response() Callable)", async () => {
  const headers: [string, string][] = [["X-A", "1"]];
  const pair = headers[0];
  const ended = await runToEnd((_environ, startResponse) => {
    startResponse("200 OK", headers);
    headers.push(["X-B", "2"]);
    if (pair) pair[1] = "changed";
    return [bytes("x")];
  });
  expect(valuesOf(ended.headers, "X-A")).toEqual(["1"]);
  expect(valuesOf(ended.headers, "X-B")).toEqual([]);
  expect(headers).toEqual([
    ["X-A", "changed"],
    ["X-B", "2"],
  ]);
});

test("the gateway adds Content-Length and nothing else: Date, Server and Connection are the front's (PEP 3333, The start_response() Callable)", async () => {
  const { headers } = await runToEnd(respondingWith("200 OK", [["X-A", "1"]]));
  expect(headers).toEqual([
    ["X-A", "1"],
    ["Content-Length", "1"],
  ]);
});

test("header names are compared without regard to case (PEP 3333, The start_response() Callable)", async () => {
  const { headers } = await runToEnd(respondingWith("200 OK", [["content-LENGTH", "1"]]));
  expect(headers).toEqual([["content-LENGTH", "1"]]);
  expect(await runToEnd(respondingWith("200 OK", [["CONNECTION", "close"]]))).toMatchObject(errorPage);
});

test.each([
  "Connection",
  "Keep-Alive",
  "Proxy-Authenticate",
  "Proxy-Authorization",
  "Proxy-Connection",
  "TE",
  "Trailer",
  "Transfer-Encoding",
  "Upgrade",
])("the hop-by-hop header %s is a fatal error (PEP 3333, Other HTTP Features)", async (name) => {
  expect(await runToEnd(respondingWith("200 OK", [[name, "chunked"]]))).toMatchObject(errorPage);
});

test("headers are checked when startResponse is called, so that the stack names the line (PEP 3333, The start_response() Callable)", async () => {
  const { body } = await runToEnd((_environ, startResponse) => {
    const code = codeOf(() => startResponse("200 OK", [["X-Bad", "\n"]]));
    startResponse("200 OK", [], new Error("a second try"));
    return [bytes(code)];
  });
  expect(body).toBe("UWB_ERR_HEADER_VALUE");
});

describe("the head is not sent from startResponse, it waits (PEP 3333, The start_response() Callable)", () => {
  test("for the first block that is not empty", async () => {
    const sink = new RecordingSink();
    const sentBefore: boolean[] = [];
    await runToEnd(
      function* (_environ, startResponse) {
        startResponse("200 OK", []);
        sentBefore.push(sink.head !== undefined);
        yield bytes("");
        yield bytes("");
        sentBefore.push(sink.head !== undefined);
        yield bytes("x");
        sentBefore.push(sink.head !== undefined);
      },
      { sink },
    );
    expect(sentBefore).toEqual([false, false, true]);
    expect(sink.first?.block).toEqual(bytes("x"));
  });

  test("for the first write() that is not empty", async () => {
    const sink = new RecordingSink();
    const sentBefore: boolean[] = [];
    await runToEnd(
      (_environ, startResponse) => {
        const write = startResponse("200 OK", []);
        void write(bytes(""));
        sentBefore.push(sink.head !== undefined);
        void write(bytes("x"));
        sentBefore.push(sink.head !== undefined);
        return [];
      },
      { sink },
    );
    expect(sentBefore).toEqual([false, true]);
  });

  test("for the end of an empty body", async () => {
    const sink = new RecordingSink();
    let sentBefore = true;
    await runToEnd(
      async function* (_environ, startResponse) {
        startResponse("200 OK", []);
        sentBefore = sink.head !== undefined;
        yield bytes("");
      },
      { sink },
    );
    expect(sentBefore).toBe(false);
    expect(sink).toMatchObject({ head: { status: 200 }, ending: "complete", body: "" });
  });

  test("even when Content-Length is 0", async () => {
    const sink = new RecordingSink();
    const app: AnyApp = (_environ, startResponse) => {
      startResponse("200 OK", [["Content-Length", "0"]]);
      expect(sink.isUntouched).toBe(true);
      return [];
    };
    expect(await runToEnd(app, { sink })).toMatchObject({
      outcome: "complete",
      headers: [["Content-Length", "0"]],
    });
  });
});

test("with an error argument, and nothing sent, status and headers are all replaced (PEP 3333, The start_response() Callable)", async () => {
  const ended = await runToEnd((_environ, startResponse) => {
    startResponse("200 OK", [
      ["X-First", "1"],
      ["Content-Length", "99"],
    ]);
    startResponse("500 Replaced", [["X-Second", "1"]], new Error("changed my mind"));
    return [bytes("error page")];
  });
  expect(ended).toMatchObject({ outcome: "complete", status: "500 Replaced", body: "error page" });
  expect(ended.headers).toEqual([
    ["X-Second", "1"],
    ["Content-Length", "10"],
  ]);
});

test("with an error argument, and the head sent, that very error is thrown (PEP 3333, The start_response() Callable)", async () => {
  const mine = new Error("mine");
  let thrown: unknown;
  const ended = await runToEnd(function* (_environ, startResponse) {
    startResponse("200 OK", []);
    yield bytes("started");
    try {
      startResponse("500 Oops", [], mine);
    } catch (error) {
      thrown = error;
      throw error;
    }
  });
  expect(thrown).toBe(mine);
  expect(ended).toMatchObject({ outcome: "app-error", status: "200 OK", body: "started", ending: "aborted" });
});

test("the first call may carry an error argument (PEP 3333, The start_response() Callable)", async () => {
  const app: AnyApp = (_environ, startResponse) => {
    startResponse("503 First", [], new Error("early"));
    return [bytes("sorry")];
  };
  expect(await runToEnd(app)).toMatchObject({ status: "503 First", body: "sorry" });
});

test("a second call without an error argument is fatal (PEP 3333, The start_response() Callable)", async () => {
  const app: AnyApp = (_environ, startResponse) => {
    startResponse("200 OK", []);
    startResponse("200 OK", []);
    return [bytes("x")];
  };
  const ended = await runToEnd(app);
  expect(ended).toMatchObject(errorPage);
  expect(ended.log.codes).toEqual(["UWB_ERR_HEADERS_SET"]);
});

test("a second call without an error argument is fatal even if the first one failed (PEP 3333, The start_response() Callable)", async () => {
  const codes: string[] = [];
  const app: AnyApp = (_environ, startResponse) => {
    codes.push(codeOf(() => startResponse("20 OK", [])));
    codes.push(codeOf(() => startResponse("200 OK", [])));
    return [bytes("x")];
  };
  expect(await runToEnd(app)).toMatchObject(errorPage);
  expect(codes).toEqual(["UWB_ERR_STATUS", "UWB_ERR_HEADERS_SET"]);
});

test("the error argument is not kept: a response that recovered ends without an error (PEP 3333, The start_response() Callable)", async () => {
  let told: unknown = "nothing yet";
  await runToEnd((environ, startResponse) => {
    environ["uwsgi_bridge.response_finished"].push(({ error }) => {
      told = error;
    });
    startResponse("200 OK", []);
    startResponse("500 Oops", [], new Error("recovered"));
    return [bytes("x")];
  });
  expect(told).toBeUndefined();
});

test("no interim response can be announced: 100 is refused like all of 1xx (PEP 3333, HTTP 1.1 Expect/Continue)", async () => {
  for (const status of ["100 Continue", "103 Early Hints", 100, 199]) {
    expect(await runToEnd(respondingWith(status, []))).toMatchObject(errorPage);
  }
});

const errorPage = { outcome: "app-error", status: "500 Internal Server Error", ending: "complete" };

function respondingWith(status: unknown, headers: [string, string][]): AnyApp {
  return (_environ, startResponse) => {
    startResponse(status as Parameters<StartResponse>[0], headers);
    return [bytes("x")];
  };
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return String(Object(error).code);
  }
  return "nothing was thrown";
}
