import { announcesClose, type HttpAnswer } from "../front/http-answer.ts";
import { authorityOf, type FrontAddress } from "../front/http-connection.ts";
import type { FuzzConnection } from "./fuzz-connection.ts";
import { FuzzFailure } from "./fuzz-failure.ts";
import type { FuzzWorker } from "./fuzz-worker.ts";
import { countWhole, failHang, readStrictly } from "./judge.ts";

/** What the campaigns before and behind a front are told. */
export interface FrontSetting {
  readonly front: FrontAddress;
  /** The worker that the front passes requests on to. */
  readonly worker: FuzzWorker;
  readonly seed: number;
  /** Longest time without an answer or a close, in milliseconds. */
  readonly hangMs: number;
}

/** An ordinary GET for a token. */
export function ordinaryGet(front: FrontAddress, token: string, fields = ""): Buffer {
  const lines = `GET ${front.base}/${token} HTTP/1.1\r\nHost: ${authorityOf(front)}\r\n${fields}\r\n`;
  return Buffer.from(lines, "latin1");
}

/** The connection can carry another request. */
export function staysOpen(connection: FuzzConnection, last: HttpAnswer | undefined): boolean {
  return connection.end === "open" && last?.isComplete === true && !announcesClose(last);
}

/**
 * Ask an ordinary question on a connection that was kept.
 *
 * @param methods - Of the requests that were answered on it before.
 * @returns The answer; absent when the front closed instead.
 * @throws {@link FuzzFailure} `desync` when another answer comes.
 */
export async function askNext(
  connection: FuzzConnection,
  { front, hangMs }: FrontSetting,
  { methods, token }: { readonly methods: readonly string[]; readonly token: string },
): Promise<HttpAnswer | undefined> {
  const all = [...methods, "GET"];
  connection.send(ordinaryGet(front, token, "Connection: close\r\n"));
  // To the end where it comes: bytes behind the answer would be seen.
  const isAnswered = await connection.until(() => false, hangMs);
  if (!isAnswered && countWhole(connection.bytes, all) < all.length) failHang(hangMs, connection.bytes);
  const answer = readStrictly(connection.bytes, all, connection.end).answers[methods.length];
  if (answer?.isComplete && answer.status < 500 && !answer.body.includes(token))
    throw new FuzzFailure("desync", "the next request on the connection got another answer");
  return answer;
}

/** @throws {@link FuzzFailure} when the front sent something to the worker that is no packet. */
export function checkPackets(worker: FuzzWorker): void {
  const fault = worker.takeFault();
  if (fault !== undefined)
    throw new FuzzFailure("invalid-packet", "the front sent the worker something that is no packet", fault);
}
