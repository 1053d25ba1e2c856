import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { fromNode } from "../../../src/adapters/index.ts";
import { createIncoming } from "../../../src/adapters/node/incoming.ts";
import { createOutgoing } from "../../../src/adapters/node/outgoing.ts";
import type { HeaderPair } from "../../../src/gateway/types.ts";
import { prepareRequest } from "../../gateway/run-gateway.ts";
import { converse, requestBytes, statusOf } from "../../support/raw-peer.ts";
import { startWorker } from "../../support/workers.ts";

/** All fields of the connection, and two of the response. */
const FIELDS = {
  Connection: "keep-alive",
  "Keep-Alive": "timeout=5",
  "Transfer-Encoding": "chunked",
  "transfer-ENCODING": "chunked",
  Trailer: "X-T",
  Upgrade: "h2c",
  TE: "trailers",
  "Proxy-Connection": "close",
  "X-Kept": "1",
  "Set-Cookie": ["a=1", "b=2"],
};
const KEPT = ["X-Kept: 1", "Set-Cookie: a=1", "Set-Cookie: b=2"];

describe("fields of the connection are taken off", () => {
  const forms: Readonly<Record<string, (response: ServerResponse) => void>> = {
    setHeader: (response) => {
      for (const [name, value] of Object.entries(FIELDS)) response.setHeader(name, value);
    },
    "setHeader, then flushHeaders": (response) => {
      for (const [name, value] of Object.entries(FIELDS)) response.setHeader(name, value);
      response.flushHeaders();
    },
    "writeHead with an object": (response) => void response.writeHead(200, FIELDS),
    "writeHead with a reason and an object": (response) => void response.writeHead(200, "OK", FIELDS),
    "writeHead with undefined and an object": (response) => {
      Reflect.apply(response.writeHead, response, [200, undefined, FIELDS]);
    },
    "writeHead with a flat array": (response) => void response.writeHead(200, flat()),
    "writeHead with a reason and a flat array": (response) => void response.writeHead(200, "OK", flat()),
    "writeHead with pairs": (response) => {
      Reflect.apply(response.writeHead, response, [200, Object.entries(FIELDS)]);
    },
    "writeHead after setHeader": (response) => {
      response.setHeader("Connection", "keep-alive");
      response.setHeader("Transfer-Encoding", "chunked");
      response.writeHead(200, FIELDS);
    },
  };

  test.each(Object.entries(forms))("%s", async (_form, set) => {
    const text = await answerOf((response) => {
      response.sendDate = false;
      set(response);
      response.write("two ");
      response.end("blocks");
    });
    const [head = "", body] = text.split("\r\n\r\n");
    const [statusLine, ...lines] = head.split("\r\n");
    expect(statusLine).toBe("HTTP/1.1 200 OK");
    expect(lines.sort()).toEqual([...KEPT].sort());
    expect(body).toBe("two blocks");
  });
});

describe("writeHead", () => {
  test("returns the response, so that it can be chained", async () => {
    const text = await answerOf((response) => response.writeHead(201, "Made Up", { "X-A": "1" }).end("x"));
    expect(text).toMatch(/^HTTP\/1\.1 201 Made Up\r\nX-A: 1\r\n/);
  });

  test("without headers", async () => {
    expect(statusOf(await answerOf((response) => response.writeHead(404).end()))).toBe(404);
  });

  test.each([100, 102, 103, 199])("%i is no status of a response", async (status) => {
    const text = await answerOf((response) => response.writeHead(status).end());
    expect(statusOf(text)).toBe(500);
  });

  test("a length that is known is sent, one that is not is not made up", async () => {
    expect(await answerOf((response) => response.end("12345"))).toContain("\r\nContent-Length: 5\r\n");
    const streamed = await answerOf((response) => {
      response.write("1");
      response.end("2");
    });
    expect(streamed).not.toMatch(/content-length|transfer-encoding|connection/i);
  });
});

describe("interim responses and trailers", () => {
  test("none of them is written", async () => {
    const called: string[] = [];
    const text = await answerOf((response) => {
      response.writeContinue(() => called.push("continue"));
      response.writeProcessing();
      response.writeEarlyHints({ link: "</a.css>" }, () => called.push("hints"));
      response.setHeader("Trailer", "X-T");
      response.write("body");
      response.addTrailers({ "X-T": "1" });
      response.end();
    });
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\nDate: [^\r]+\r\n\r\nbody$/);
    expect(called).toEqual(["continue", "hints"]);
  });

  test("early hints go where the peer can take them, in all their values", () => {
    const sent: HeaderPair[][] = [];
    const { environ } = prepareRequest();
    const request = createIncoming(environ, undefined as never, "strip");
    const response = createOutgoing(request, { sendHints: (headers) => sent.push([...headers]) });
    let isCalled = false;
    response.writeEarlyHints({ link: ["</a>", "</b>"], "x-a": "1" }, () => {
      isCalled = true;
    });
    expect(sent).toEqual([
      [
        ["link", "</a>"],
        ["link", "</b>"],
        ["x-a", "1"],
      ],
    ]);
    expect(isCalled).toBe(true);
  });
});

function flat(): string[] {
  const entries = Object.entries(FIELDS);
  return entries.flatMap(([name, value]) => [value].flat().flatMap((each) => [name, each]));
}

async function answerOf(answer: (response: ServerResponse) => unknown): Promise<string> {
  const { endpoint } = await startWorker(fromNode((_request, response) => void answer(response)));
  return (await converse(endpoint, [requestBytes()])).text;
}
