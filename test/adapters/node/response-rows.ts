import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openHttp, sendHttp, type WholeResponse } from "../../support/http-client.ts";
import type { AppWay } from "./app-way.ts";
import { type AppKind, COOKIES, SENT_FILE } from "./apps/app-kind.ts";
import type { WayTraits } from "./request-rows.ts";

const FILE = readFileSync(SENT_FILE);
let lastKey = 0;

/** What applications answer, row by row of the correctness table. */
export function responseRows(kind: AppKind, way: () => AppWay, traits: WayTraits): void {
  const get = (path: string): Promise<WholeResponse> => sendHttp(way().port, { path });

  test("each block reaches the client before the next is written", async () => {
    const key = newKey();
    const made = way().stage.channel<Buffer>(key);
    made.push(Buffer.from("block 0"));
    const response = await openHttp(way().port, { path: `/live/${key}` });
    for (let number = 0; number < 4; number += 1) {
      expect((await response.nextBlock()).toString()).toBe(`block ${number}`);
      made.push(Buffer.from(`block ${number + 1}`));
    }
    made.end();
    expect(await response.rest()).toEqual({ body: Buffer.from("block 4"), isWhole: true });
  });

  test("a stream", async () => {
    expect(await get("/stream")).toMatchObject({ status: 200, text: "1;2;3;", isWhole: true });
  });

  test("two Set-Cookie fields", async () => {
    const answer = await get("/cookies");
    expect(answer.text).toBe("cookies");
    expect(answer.values("Set-Cookie")).toEqual([...COOKIES]);
  });

  test("HEAD", async () => {
    const path = "/hello/you?q=1";
    const answer = await sendHttp(way().port, { method: "HEAD", path });
    expect(answer).toMatchObject({ status: 200, text: "", isWhole: true });
  });

  test("204 has neither a body nor a length", async () => {
    const answer = await get("/nothing");
    expect(answer).toMatchObject({ status: 204, text: "", isWhole: true });
    expect(answer.header("Content-Length")).toBeUndefined();
  });

  test("a redirect", async () => {
    const answer = await get("/redirect");
    expect([answer.status, answer.header("Location")]).toEqual([302, "/there"]);
  });

  test("404", async () => {
    expect(await get("/nowhere")).toMatchObject({ status: 404, isWhole: true });
  });

  test("a file, whole", async () => {
    const answer = await get("/file");
    expect(answer).toMatchObject({ status: 200, isWhole: true });
    expect(answer.body.equals(FILE)).toBe(true);
  });

  if (!traits.isBaseline) {
    test.each(["/throw", "/reject"])("%s: 500", async (path) => {
      expect(await get(path)).toMatchObject({ status: 500, isWhole: true });
    });
  }

  if (kind.sendsFiles) sendFileRows(way);
  if (kind.isNode) nodeResponseRows(kind, way, traits);
}

function sendFileRows(way: () => AppWay): void {
  test("part of a file: 206", async () => {
    const answer = await sendHttp(way().port, { path: "/file", headers: [["Range", "bytes=10-29"]] });
    expect(answer).toMatchObject({ status: 206, isWhole: true });
    expect(answer.header("Content-Range")).toBe(`bytes 10-29/${FILE.length}`);
    expect(answer.body.equals(FILE.subarray(10, 30))).toBe(true);
  });

  test("a file that the client has: 304", async () => {
    const first = await sendHttp(way().port, { path: "/file" });
    const etag = first.header("ETag") ?? "";
    const answer = await sendHttp(way().port, { path: "/file", headers: [["If-None-Match", etag]] });
    expect(answer).toMatchObject({ status: 304, text: "", isWhole: true });
    expect(answer.header("ETag")).toBe(etag);
  });
}

function nodeResponseRows(kind: AppKind, way: () => AppWay, traits: WayTraits): void {
  const get = (path: string): Promise<WholeResponse> => sendHttp(way().port, { path });

  test("a reason phrase of the application's own", async () => {
    const answer = await get("/reason");
    expect(answer).toMatchObject({ status: 201, reason: "Made Up", text: "reason" });
  });

  test("fields of the connection that the application sets are taken off, and nothing is framed twice", async () => {
    const answer = await get("/raw/framing/k");
    expect(answer).toMatchObject({ status: 200, text: "two blocks", isWhole: true });
    expect(answer.header("Keep-Alive")).toBe(traits.isBaseline ? "timeout=5" : undefined);
  });

  test("the same in writeHead, which has a reason phrase", async () => {
    const answer = await get("/raw/write-head/k");
    expect(answer).toMatchObject({ status: 203, reason: "Fine", text: "fine", isWhole: true });
    expect(answer.header("X-Kept")).toBe("1");
  });

  if (!traits.isBaseline) {
    test("trailers are dropped", async () => {
      const answer = await get("/raw/trailers/k");
      expect(answer).toMatchObject({ text: "body", isWhole: true, trailers: {} });
      expect(answer.header("Trailer")).toBeUndefined();
    });
  }

  test("writeContinue, writeProcessing and writeEarlyHints call back, and the response is whole", async () => {
    const key = newKey();
    const answer = await get(`/raw/interim/${key}`);
    expect(answer).toMatchObject({ status: 200, text: "final", isWhole: true });
    expect(await take(way(), key, 2)).toEqual(["continue", "hints"]);
  });

  test("callbacks of write and end, finish, close: all of them, in order", async () => {
    const key = newKey();
    expect((await get(`/raw/events/${key}`)).text).toBe("one two");
    const seen = await take(way(), key, 7);
    const onResponse = seen.filter((event) => !event.startsWith("request"));
    // Node 24 calls back from end() before it announces the finish.
    const order = ["response prefinish", "written", "response finish", "ended", "response close"];
    const isLater = Number(process.versions.node.split(".")[0]) >= 24;
    if (isLater) order.splice(2, 2, "ended", "response finish");
    expect(onResponse).toEqual(order);
    expect(seen.filter((event) => event.startsWith("request"))).toEqual(["request end", "request close"]);
  });

  test("res.setTimeout", async () => {
    const key = newKey();
    expect((await get(`/raw/timeout/${key}`)).text).toBe("nobody came");
    expect(await take(way(), key, 1)).toEqual(["timeout"]);
  });

  test("a response that is destroyed before its Content-Length is broken for the client", async () => {
    const key = newKey();
    const response = await openHttp(way().port, { path: `/raw/break/${key}` });
    expect((await response.nextBlock()).toString()).toBe("the beginning\n");
    way().stage.channel<string>(key).push("heard");
    expect(await response.rest()).toMatchObject({ isWhole: false });
  });

  if (traits.isBaseline) return;

  if (kind.breaksOff) {
    test("a handler that throws in the middle of its response: broken, or replaced by an error", async () => {
      const { status, isWhole } = await get("/raw/late-throw/k");
      expect(isWhole && status < 500).toBe(false);
    });
  }

  test("res.socket.destroy() without an answer: no answer is made up", async () => {
    const key = newKey();
    const answer = await get(`/raw/destroy/${key}`);
    expect(await take(way(), key, 1)).toEqual(["response close"]);
    expect(answer.status).toBeGreaterThanOrEqual(500);
  });
}

/** That many events of a page. */
export async function take(way: AppWay, key: string, count: number): Promise<string[]> {
  const seen: string[] = [];
  while (seen.length < count) seen.push(await way.stage.channel<string>(key).next());
  return seen;
}

/** A name that no other request of this process uses. */
export function newKey(): string {
  lastKey += 1;
  return `key${lastKey}`;
}
