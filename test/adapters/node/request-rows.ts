import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { pieces, sendHttp } from "../../support/http-client.ts";
import type { AppWay } from "./app-way.ts";
import type { AppKind } from "./apps/app-kind.ts";

/** What a peer does to requests and responses on their way. */
export interface WayTraits {
  /** Node's own server: it frames responses, sends 1xx, and leaves what a listener throws to the process. */
  readonly isBaseline?: boolean;
  /** Does not send the rest of an upload once the response has begun. */
  readonly givesUpUploads?: boolean;
  /** Node's parser looks at the request before the application does. */
  readonly isParsed?: boolean;
  /** There is no accepted socket: the application writes to a stand-in. */
  readonly isStandIn?: boolean;
}

const MEBIBYTE = 1024 * 1024;

/** What applications see of a request, row by row of the correctness table. */
export function requestRows(kind: AppKind, way: () => AppWay, traits: WayTraits): void {
  test("GET with a parameter, a query and a header", async () => {
    const answer = await sendHttp(way().port, { path: "/hello/you?q=1%202", headers: [["X-A", "a"]] });
    expect(answer).toMatchObject({ status: 200, text: "hello you 1 2 a", isWhole: true });
  });

  test("POST of JSON", async () => {
    const answer = await sendHttp(way().port, {
      path: "/json",
      headers: [["Content-Type", "application/json"]],
      body: Buffer.from('{"a":["caf\u00e9"]}'),
    });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body.toString())).toEqual({ got: { a: ["café"] } });
  });

  test("an upload of 200 KB in pieces", async () => {
    const body = Buffer.alloc(200_000, "u");
    const headers = [
      ["Content-Length", "200000"],
      ["Content-Type", "application/octet-stream"],
    ] as const;
    const answer = await sendHttp(way().streamingPort, {
      path: "/upload",
      headers: [...headers, ["Host", way().host]],
      body: pieces(body, 7_001),
    });
    expect(answer).toMatchObject({ status: 200, text: "200000" });
  });

  if (!kind.isNode) return;

  test("3 MB, sent back once they are read", async () => {
    const body = randomBytes(3 * MEBIBYTE);
    const answer = await sendHttp(way().port, { path: "/raw/echo/k", body });
    expect(answer.isWhole).toBe(true);
    expect(answer.body.equals(body)).toBe(true);
  });

  if (!traits.givesUpUploads) {
    test("3 MB through pipeline(req, res)", async () => {
      const body = randomBytes(3 * MEBIBYTE);
      const answer = await sendHttp(way().streamingPort, { path: "/raw/pipe/pipe", body });
      expect(answer.isWhole).toBe(true);
      expect(answer.body.equals(body)).toBe(true);
      expect(await way().stage.channel("pipe").next()).toBe("complete");
    });
  }

  test("method, url, httpVersion", async () => {
    const seen = await seenBy(way(), { method: "PUT", path: "/raw/request/k?a=%20&b", headers: [] });
    expect(seen).toMatchObject({ method: "PUT", url: "/raw/request/k?a=%20&b", httpVersion: "1.1" });
  });

  test("headers, in lower case", async () => {
    const seen = await seenBy(way(), {
      headers: [
        ["X-Mixed-CASE", "1"],
        ["Cookie", "a=1; b=2"],
        ["Content-Type", "text/x-test"],
        ["Content-Length", "0"],
      ],
    });
    expect(seen["headers"]).toMatchObject({
      "x-mixed-case": "1",
      cookie: "a=1; b=2",
      "content-type": "text/x-test",
      "content-length": "0",
    });
  });

  test("rawHeaders and headersDistinct", async () => {
    const seen = await seenBy(way(), { headers: [["X-Single", "1"]] });
    const raw = seen["rawHeaders"] as string[];
    expect(raw[raw.indexOf("X-Single") + 1]).toBe("1");
    expect(seen["headersDistinct"]).toMatchObject({ "x-single": ["1"] });
  });

  test("req.connection is req.socket", async () => {
    expect(await seenBy(way(), {})).toMatchObject({ isSameSocket: true });
  });

  test("the socket has the address and the ports of the client's connection", async () => {
    const answer = await sendHttp(way().port, { path: "/raw/request/k" });
    expect(JSON.parse(answer.text)).toMatchObject({
      remoteAddress: "127.0.0.1",
      remotePort: answer.localPort,
      remoteFamily: "IPv4",
      localPort: way().port,
      encrypted: false,
    });
  });

  if (traits.isBaseline) return;

  test("a client that came over HTTPS: the socket is encrypted", async () => {
    const { securePort = 0, host } = way();
    const answer = await sendHttp(securePort, { path: "/raw/request/k", headers: [["Host", host]] });
    expect(JSON.parse(answer.text)).toMatchObject({ encrypted: true });
  });

  if (kind.clientFacts.length === 0) return;

  test(`${kind.clientFacts.join(", ")} of a client that came over HTTPS, without trust proxy`, async () => {
    const { securePort = 0, host } = way();
    const answer = await sendHttp(securePort, { path: "/client", headers: [["Host", host]] });
    const facts = { ip: "127.0.0.1", protocol: "https", secure: true };
    const expected = kind.clientFacts.map((name) => [name, facts[name]]);
    expect(JSON.parse(answer.text)).toEqual(Object.fromEntries(expected));
  });
}

interface Question {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: readonly (readonly [string, string])[];
}

/** What the application says that it has seen. */
async function seenBy(way: AppWay, question: Question): Promise<Record<string, unknown>> {
  const answer = await sendHttp(way.port, { path: "/raw/request/k", ...question });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text) as Record<string, unknown>;
}
