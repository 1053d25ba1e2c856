import { describe, expect, test } from "vitest";
import { RecordingSink } from "../support/recording-sink.ts";
import { type AnyApp, bytes, ENDLESS, ended, nextTurn, runToEnd, startRun, valuesOf } from "./run-gateway.ts";

describe("never more than Content-Length is sent (PEP 3333, Handling the Content-Length Header)", () => {
  test("by an iterable, which is then asked no more", async () => {
    let pulled = 0;
    const app: AnyApp = function* (_environ, startResponse) {
      startResponse("200 OK", [["Content-Length", "3"]]);
      while (pulled < ENDLESS) {
        pulled += 1;
        yield bytes("abc");
      }
    };
    expect(await runToEnd(app)).toMatchObject({ outcome: "complete", body: "abc", ending: "complete" });
    expect(pulled).toBeLessThanOrEqual(2);
  });

  test("by write(), which throws", async () => {
    let error: unknown;
    const app: AnyApp = (_environ, startResponse) => {
      const write = startResponse("200 OK", [["Content-Length", "5"]]);
      void write(bytes("hello"));
      try {
        void write(bytes("world"));
      } catch (thrown) {
        error = thrown;
      }
      return [];
    };
    expect(await runToEnd(app)).toMatchObject({ outcome: "complete", body: "hello" });
    expect(error).toMatchObject({ code: "UWB_ERR_TOO_MUCH" });
  });
});

test("too little for its Content-Length ends the connection, and is logged (PEP 3333, Handling the Content-Length Header)", async () => {
  const { outcome, ending, log } = await runToEnd((_environ, startResponse) => {
    startResponse("200 OK", [["Content-Length", "5"]]);
    return [bytes("abc")];
  });
  expect({ outcome, ending }).toEqual({ outcome: "short-body", ending: "aborted" });
  expect(log.lines).toMatchObject([{ level: "warn", fields: { bytesSent: 3 } }]);
});

test("a body without Content-Length is ended by the connection (PEP 3333, Handling the Content-Length Header)", async () => {
  const { headers, body, ending } = await runToEnd(function* (_environ, startResponse) {
    startResponse("200 OK", []);
    yield bytes("a");
    yield bytes("bc");
  });
  expect({ headers, body, ending }).toEqual({ headers: [], body: "abc", ending: "complete" });
});

test("a body that is known as a whole gets a Content-Length (PEP 3333, Handling the Content-Length Header)", async () => {
  const { headers } = await runToEnd((_environ, startResponse) => {
    startResponse("200 OK", []);
    return [bytes("hello")];
  });
  expect(headers).toEqual([["Content-Length", "5"]]);
});

test("a body is never chunked, whatever the protocol of the client (PEP 3333, Handling the Content-Length Header)", async () => {
  for (const SERVER_PROTOCOL of ["HTTP/1.0", "HTTP/1.1", "HTTP/2.0"]) {
    const { headers, body } = await runToEnd(
      function* (_environ, startResponse) {
        startResponse("200 OK", []);
        yield* [bytes("a"), bytes("b")];
      },
      { vars: { SERVER_PROTOCOL } },
    );
    expect({ headers, body }).toEqual({ headers: [], body: "ab" });
  }
});

describe("no block is delayed (PEP 3333, Buffering and Streaming)", () => {
  test("it leaves when it is yielded, in the same turn, the head with it", () => {
    const sink = new RecordingSink();
    let sent = "";
    startRun(
      function* (_environ, startResponse) {
        startResponse("200 OK", []);
        yield bytes("now");
        sent = sink.body;
      },
      { sink },
    );
    expect(sent).toBe("now");
  });

  test("and the first of an asynchronous body does not wait for the second", async () => {
    const started = startRun(async function* (_environ, startResponse) {
      startResponse("200 OK", []);
      yield bytes("first");
      await new Promise(() => {});
    });
    await nextTurn();
    expect(started.sink.body).toBe("first");
    expect(started.outcomes).toEqual([]);
  });
});

test("what write() was given is on its way when write() returns (PEP 3333, The write() Callable)", async () => {
  const sink = new RecordingSink();
  const app: AnyApp = (_environ, startResponse) => {
    const write = startResponse("200 OK", []);
    void write(bytes("one"));
    expect(sink.body).toBe("one");
    sink.fill();
    void write(bytes("two"));
    expect(sink.body).toBe("onetwo");
    sink.drain();
    return [];
  };
  expect(await runToEnd(app, { sink })).toMatchObject({ outcome: "complete", body: "onetwo" });
});

test("what an iterable yields follows all that was written, and is sent too (PEP 3333, The write() Callable)", async () => {
  const app: AnyApp = (_environ, startResponse) => {
    const write = startResponse("200 OK", []);
    void write(bytes("one "));
    void write(bytes("two "));
    return new Set([bytes("three "), bytes("four")]);
  };
  expect(await runToEnd(app)).toMatchObject({ headers: [], body: "one two three four" });
});

test("the application gets no character above U+00FF (PEP 3333, Unicode Issues)", async () => {
  const { body } = await runToEnd(
    (environ, startResponse) => {
      startResponse("200 OK", []);
      return [bytes(environ.PATH_INFO)];
    },
    { vars: { PATH_INFO: "/\u00c3\u00a9" } },
  );
  expect(body).toBe("/\u00c3\u00a9");
});

test.each([
  { where: "the status", status: "200 \u20ac", header: "v", code: "UWB_ERR_STATUS" },
  { where: "a header value", status: "200 OK", header: "\u20ac", code: "UWB_ERR_HEADER_VALUE" },
] as const)("a character above U+00FF in $where is fatal (PEP 3333, Unicode Issues)", async (given) => {
  const { outcome, status, log } = await runToEnd((_environ, startResponse) => {
    startResponse(given.status, [["X-A", given.header]]);
    return [bytes("x")];
  });
  expect({ outcome, status }).toEqual({ outcome: "app-error", status: "500 Internal Server Error" });
  expect(log.codes).toEqual([given.code]);
});

test("a body is bytes, text is refused with the way to encode it (PEP 3333, Unicode Issues)", async () => {
  const { outcome, log } = await runToEnd((_environ, startResponse) => {
    startResponse("200 OK", []);
    return ["text"];
  });
  expect(outcome).toBe("app-error");
  expect(log.lines[0]?.fields["err"]).toMatchObject({
    code: "UWB_ERR_CHUNK",
    message: expect.stringContaining("Buffer.from(text)"),
  });
});

test("bytes go out as they are, line ends and zeros too (PEP 3333, Specification Details)", async () => {
  const all = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
  const { body } = await runToEnd((_environ, startResponse) => {
    startResponse("200 OK", []);
    return [bytes(`${all}\r\n\n\r`)];
  });
  expect(body).toBe(`${all}\r\n\n\r`);
});

describe("an exception is caught and logged (PEP 3333, Error Handling)", () => {
  const boom = new Error("boom");
  const cases: { where: string; app: AnyApp; page: boolean }[] = [
    {
      where: "of the call",
      app: () => {
        throw boom;
      },
      page: true,
    },
    {
      where: "of the promise",
      app: () => Promise.reject(boom),
      page: true,
    },
    {
      where: "of the iteration, before output",
      // biome-ignore lint/correctness/useYield: it throws before it comes to that
      app: function* (_environ, startResponse) {
        startResponse("200 OK", [["X-Early", "1"]]);
        throw boom;
      },
      page: true,
    },
    {
      where: "of the iteration, behind output",
      app: function* (_environ, startResponse) {
        startResponse("200 OK", []);
        yield bytes("part");
        throw boom;
      },
      page: false,
    },
  ];
  test.each(cases)("$where: an error page before output, an abort behind", async ({ app, page }) => {
    const { outcome, status, body, ending, headers, log } = await runToEnd(app);
    const text = "Internal Server Error\n";
    const expected = page
      ? { status: "500 Internal Server Error", body: text, ending: "complete" }
      : { status: "200 OK", body: "part", ending: "aborted" };
    expect({ outcome, status, body, ending }).toEqual({ outcome: "app-error", ...expected });
    expect(valuesOf(headers, "X-Early")).toEqual([]);
    expect(log.lines).toMatchObject([{ level: "error", fields: { err: boom } }]);
  });

  test("of close(): logged, and the response stands", async () => {
    const { outcome, body, log } = await runToEnd((_environ, startResponse) => {
      startResponse("200 OK", []);
      return Object.assign([bytes("fine")], { close: () => Promise.reject(boom) });
    });
    expect({ outcome, body }).toEqual({ outcome: "complete", body: "fine" });
    expect(log.lines).toMatchObject([{ level: "error", fields: { err: boom } }]);
  });
});

describe("the meaning of a response is not touched (PEP 3333, Other HTTP Features)", () => {
  test("a range, a validator and a coding are the application's business", async () => {
    const headers: [string, string][] = [
      ["Content-Range", "bytes 0-4/10"],
      ["ETag", '"v"'],
      ["Content-Encoding", "gzip"],
      ["Content-Length", "5"],
    ];
    const { sink } = await runToEnd(
      (_environ, startResponse) => {
        startResponse("206 Partial Content", headers);
        return [bytes("hello")];
      },
      { vars: { HTTP_IF_NONE_MATCH: '"v"', HTTP_RANGE: "bytes=0-4" } },
    );
    expect(sink).toMatchObject({ head: { status: 206, headers }, body: "hello" });
  });

  test.each([
    { method: "HEAD", status: "200 OK" },
    { method: "GET", status: "304 Not Modified" },
    { method: "GET", status: "204 No Content" },
  ] as const)("but $method with $status has no body", async ({ method, status }) => {
    const started = startRun(
      (_environ, startResponse) => {
        startResponse(status, [["X-A", "1"]]);
        return [bytes("body")];
      },
      { vars: { REQUEST_METHOD: method } },
    );
    expect(await ended(started)).toMatchObject({
      outcome: "complete",
      status,
      headers: [["X-A", "1"]],
      body: "",
    });
  });
});
