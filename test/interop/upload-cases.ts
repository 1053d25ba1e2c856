import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { sha256 } from "../support/digest.ts";
import { type HttpRequest, pieces, sendHttp } from "../support/http-client.ts";
import { sleep } from "../support/wait.ts";
import type { Way } from "./way.ts";

const MEBIBYTE = 1024 * 1024;
const SIZE = 5 * MEBIBYTE;
const BODY = randomBytes(SIZE);
const DIGEST = sha256(BODY);
const ANSWERS = 40;
const TOO_LARGE = 20 * MEBIBYTE;

/** How a peer treats an upload of unknown length. */
export interface UploadTraits {
  /** `411`: the peer refuses it. @defaultValue it reaches the worker */
  readonly chunkedUpload?: "411";
}

/** Request bodies through a peer. */
export function uploadCases(port: () => number, traits: UploadTraits = {}): void {
  test("5 MB with a Content-Length come back byte for byte", async () => {
    const answer = await sendHttp(port(), { path: "/echo/", body: BODY });
    expect(answer).toMatchObject({ status: 200, isWhole: true });
    expect(sha256(answer.body)).toBe(DIGEST);
  });

  if (traits.chunkedUpload === "411") {
    test("an upload in chunks is answered 411 by the peer", async () => {
      const answer = await sendHttp(port(), { path: "/echo/", body: pieces(Buffer.alloc(10), 5) });
      expect(answer.status).toBe(411);
    });
  } else {
    test("5 MB in chunks come back byte for byte", async () => {
      const answer = await sendHttp(port(), { path: "/echo/", body: pieces(BODY, 100_003) });
      expect(answer).toMatchObject({ status: 200, isWhole: true });
      expect(sha256(answer.body)).toBe(DIGEST);
    });
  }

  test("a slow upload arrives whole", async () => {
    const answer = await sendHttp(port(), {
      path: "/digest/",
      headers: [["Content-Length", "1000"]],
      body: slowly(BODY.subarray(0, 1000)),
    });
    expect(answer.text).toBe(`1000 ${sha256(BODY.subarray(0, 1000))}`);
  });
}

/** An application that answers before it has read an upload must be heard, every time. */
export function earlyAnswerCase(port: () => number, path = "/refuse/"): void {
  test(`${ANSWERS} of ${ANSWERS} uploads of 20 MB that ${path} refuses unread get their 413`, async () => {
    const answers: Record<string, number> = {};
    for (let count = 0; count < ANSWERS; count += 1) {
      const answer = await tryUpload(port(), path);
      answers[answer] = (answers[answer] ?? 0) + 1;
    }
    expect(answers).toEqual({ "413 too large for me": ANSWERS });
  });
}

/** Read what arrives block by block while the client sends it block by block. */
export function uploadArrivesAsItIsSent(way: () => Way, path = "/receive/"): void {
  test(`the worker sees each block of an upload to ${path} before the next one is sent`, async () => {
    const { port, stage } = way();
    const key = `upload-${randomBytes(4).toString("hex")}`;
    const received = stage.channel<string>(key);
    async function* inStep(): AsyncGenerator<Buffer> {
      for (const block of ["one", "two", "three"]) {
        yield Buffer.from(block);
        expect(await received.next()).toBe(block);
      }
    }
    const answer = await sendHttp(port, {
      path: `${path}${key}`,
      headers: [["Content-Length", "11"]],
      body: inStep(),
    });
    expect(answer).toMatchObject({ status: 200, text: "received" });
  });
}

async function* slowly(bytes: Buffer): AsyncGenerator<Buffer> {
  for (const piece of pieces(bytes, bytes.length / 10)) {
    yield piece;
    await sleep(20);
  }
}

async function tryUpload(port: number, path: string): Promise<string> {
  const body: HttpRequest["body"] = pieces(Buffer.alloc(TOO_LARGE), 65_536);
  try {
    const answer = await sendHttp(port, { path, headers: [["Content-Length", String(TOO_LARGE)]], body });
    return `${answer.status} ${answer.text}`;
  } catch (error) {
    return String(error);
  }
}
