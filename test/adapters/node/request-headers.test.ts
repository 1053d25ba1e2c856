import { describe, expect, test } from "vitest";
import { fromNode } from "../../../src/adapters/index.ts";
import { rawHeadersOf } from "../../../src/adapters/node/request-headers.ts";
import type { Environ } from "../../../src/gateway/types.ts";
import { prepareRequest } from "../../gateway/run-gateway.ts";
import { bodyOf, converse, requestBytes, statusOf } from "../../support/raw-peer.ts";
import { startWorker } from "../../support/workers.ts";
import { withBrokenNode } from "./broken-node.ts";

describe("vars that are header fields", () => {
  test.each([
    ["HTTP_HOST", "Host"],
    ["HTTP_USER_AGENT", "User-Agent"],
    ["HTTP_X_A1_B", "X-A1-B"],
    ["HTTP_DNT", "Dnt"],
    ["CONTENT_TYPE", "Content-Type"],
    ["CONTENT_LENGTH", "Content-Length"],
    ["HTTP_SEC_WEBSOCKET_KEY", "Sec-Websocket-Key"],
  ])("%s is %s", (key, name) => {
    expect(rawHeadersOf(environOf({ [key]: "5" }))).toEqual([name, "5"]);
  });

  test.each(["REQUEST_METHOD", "REMOTE_ADDR", "HTTPS", "HTTP", "UWSGI_FILE", "content_type", "HTTP_"])(
    "%s is none",
    (key) => {
      expect(rawHeadersOf(environOf({ [key]: "x" }))).toEqual([]);
    },
  );

  test("an empty field stays, an empty CONTENT_TYPE or CONTENT_LENGTH means that there is none", () => {
    const environ = environOf({ HTTP_ACCEPT: "", CONTENT_TYPE: "", CONTENT_LENGTH: "" });
    expect(rawHeadersOf(environ)).toEqual(["Accept", ""]);
  });

  test("bytes above 127 stay latin-1", () => {
    expect(rawHeadersOf(environOf({ HTTP_X_NAME: "caf\u00e9" }))).toEqual(["X-Name", "caf\u00e9"]);
  });

  test("names are remembered up to a limit, and right beyond it", () => {
    for (let number = 0; number < 3000; number += 1) {
      expect(rawHeadersOf(environOf({ [`HTTP_X_N${number}`]: "1" }))).toEqual([`X-N${number}`, "1"]);
    }
  });

  test("nothing of the gateway's own is among them", () => {
    const { environ } = prepareRequest({ vars: { HTTP_ACCEPT: "*/*" } });
    expect(rawHeadersOf(environ)).toEqual(["Host", "example.test", "Accept", "*/*"]);
  });
});

describe("values that would end their line", () => {
  test.each(["a\nb", "a\rb", "a\0b", "\r\n"])("%j is refused", (value) => {
    expect(() => rawHeadersOf(environOf({ HTTP_X_A: value }))).toThrow(
      expect.objectContaining({ code: "UWB_ERR_HEADER_VALUE", statusHint: 400 }),
    );
  });

  test("one in a var that is no header field does no harm", () => {
    expect(rawHeadersOf(environOf({ SCRIPT_FILENAME: "a\nb" }))).toEqual([]);
  });

  test.each([
    { way: "on the socket", make: () => fromNode(neverCalled) },
    { way: "on a stand-in", make: wrapped },
    { way: "through Node's parser", make: () => withBrokenNode(() => fromNode(neverCalled)) },
  ])("$way: 400 with its code, and the application is not called", async ({ make }) => {
    const { endpoint } = await startWorker(make());
    const { text } = await converse(endpoint, [requestBytes({ HTTP_X_A: "secret\nX-B: c" })]);
    expect([statusOf(text), bodyOf(text)]).toEqual([400, expect.stringContaining("Bad Request")]);
    expect(text).not.toContain("secret");
  });
});

function environOf(vars: Readonly<Record<string, string>>): Environ {
  return vars as unknown as Environ;
}

function neverCalled(): never {
  throw new Error("called");
}

function wrapped(): ReturnType<typeof fromNode> {
  const app = fromNode(neverCalled);
  return (environ, startResponse) => app(environ, startResponse);
}
