import { randomBytes } from "node:crypto";
import { Agent } from "node:http";
import { expect, test } from "vitest";
import { openHttp, sendHttp, startRequest } from "../support/http-client.ts";
import type { Transport } from "../support/workers.ts";
import type { Way } from "./way.ts";

/** How a peer treats responses. */
export interface PlainResponseTraits {
  /** Serves several requests on one connection of a client. */
  readonly keepsConnections: boolean;
}

/** How a peer treats what our worker can do and others can not. */
export interface ResponseTraits extends PlainResponseTraits {
  readonly transport: Transport;
  /** Breaks its response when the worker resets the connection. The routers of uWSGI end it as if it were whole. */
  readonly passesResets: boolean;
  /** Closes its connection to the worker when the client leaves. */
  readonly tellsAborts: boolean;
}

/** Responses with and without a body, in turn: one that is read wrongly shifts all that follow. */
const CONVERSATION = [
  { method: "GET", path: "/status/200", answer: "200 a page\n" },
  { method: "HEAD", path: "/sized/6", answer: "200 " },
  { method: "GET", path: "/status/304", answer: "304 " },
  { method: "GET", path: "/status/404", answer: "404 a page\n" },
  { method: "GET", path: "/status/204", answer: "204 " },
  { method: "GET", path: "/sized/6", answer: "200 xxxxxx" },
  { method: "HEAD", path: "/sized/6", answer: "200 " },
  { method: "GET", path: "/cookies/", answer: "200 cookies" },
] as const;
const BREAKS = 10;
const ABORTS = 5;
const ABORT_SEEN_WITHIN_MS = 100;

/** Responses of any worker with the pages of this suite, through a peer. */
export function plainResponseCases(port: () => number, traits: PlainResponseTraits): void {
  test("HEAD is answered without a body", async () => {
    const answer = await sendHttp(port(), { method: "HEAD", path: "/status/200" });
    expect(answer).toMatchObject({ status: 200, text: "", isWhole: true });
    expect(answer.header("X-Method")).toBe("HEAD");
  });

  test.each([204, 304])("%i has no body, although the application yields one", async (status) => {
    const answer = await sendHttp(port(), { path: `/status/${status}` });
    expect(answer).toMatchObject({ status, text: "", isWhole: true });
    expect(answer.header("ETag")).toBe('"tag"');
  });

  test.each([200, 404, 500])("a page with status %i arrives as it is", async (status) => {
    const answer = await sendHttp(port(), { path: `/status/${status}` });
    expect(answer).toMatchObject({ status, text: "a page\n", isWhole: true });
  });

  test("several Set-Cookie fields arrive as several, in their order", async () => {
    const answer = await sendHttp(port(), { path: "/cookies/" });
    expect(answer.values("Set-Cookie")).toEqual(["a=1; Path=/", "b=2; Path=/, really", "a=3"]);
  });

  if (traits.keepsConnections) {
    test("a client that keeps its connection gets the right answer to each of its requests", async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const answers: string[] = [];
      const ports = new Set<number | undefined>();
      for (const { method, path } of CONVERSATION) {
        const answer = await sendHttp(port(), { method, path, agent });
        answers.push(`${answer.status} ${answer.text}`);
        ports.add(answer.localPort);
      }
      agent.destroy();
      expect(answers).toEqual(CONVERSATION.map(({ answer }) => answer));
      expect(ports.size).toBe(1);
    });
  }
}

/** Responses of our worker through a peer. */
export function responseCases(way: () => Way, traits: ResponseTraits): void {
  plainResponseCases(() => way().port, traits);

  test("each block of a stream reaches the client before the next one is made", async () => {
    const { port, stage } = way();
    const key = newKey();
    const made = stage.channel<Buffer>(key);
    made.push(Buffer.from("block 0"));
    const response = await openHttp(port, { path: `/stream/${key}` });
    for (let number = 0; number < 5; number += 1) {
      expect((await response.nextBlock()).toString()).toBe(`block ${number}`);
      made.push(Buffer.from(`block ${number + 1}`));
    }
    made.end();
    expect((await response.rest()).isWhole).toBe(true);
  });

  test("an application that fails before its response is answered 500", async () => {
    const answer = await sendHttp(way().port, { path: "/fail/" });
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain("as a test wants it to");
  });

  test("a response that breaks off before its Content-Length is broken for the client", async () => {
    const answer = await sendHttp(way().port, { path: "/break/length" });
    expect(answer).toMatchObject({ status: 200, text: "the beginning\n", isWhole: false });
  });

  // A Unix socket can not be reset, so nothing tells the peer that an end is not the end.
  if (traits.transport === "tcp" && traits.passesResets) {
    test("a response without a length that breaks off is broken for the client, every time", async () => {
      for (let count = 0; count < BREAKS; count += 1) {
        const answer = await sendHttp(way().port, { path: "/break/unknown" });
        // Where nothing has reached the client yet, an error page says it best.
        const isRefused = answer.status === 502 && answer.isWhole;
        const isCut = answer.status === 200 && answer.text === "the beginning\n" && !answer.isWhole;
        expect([isRefused, isCut]).toContain(true);
      }
    });
  }

  if (traits.tellsAborts) {
    test("the application learns within 100 ms that a client left", async () => {
      const delays: number[] = [];
      for (let count = 0; count < ABORTS; count += 1) delays.push(await abortDelay(way()));
      // The middle one: a machine that was busy once says nothing about us.
      const median = delays.sort((a, b) => a - b)[Math.floor(ABORTS / 2)];
      expect(median).toBeLessThan(ABORT_SEEN_WITHIN_MS);
    });
  }
}

/** Milliseconds from a client that leaves to the signal of the application. */
async function abortDelay({ port, stage }: Way): Promise<number> {
  const key = newKey();
  const told = stage.channel<number>(key);
  const outgoing = startRequest(port, { path: `/wait/${key}` });
  outgoing.on("error", () => undefined);
  await told.next();
  const left = performance.now();
  outgoing.destroy();
  return (await told.next()) - left;
}

/** A name that no other request uses. */
export function newKey(): string {
  return randomBytes(6).toString("hex");
}
