import { cutBytes, seededRandom } from "../../../protocol/conformance/front/split.ts";
import type { Application, Environ } from "../../../src/gateway/types.ts";
import type { Endpoint } from "../../../src/net/endpoint.ts";
import { connectHttp, type HttpAnswer, parseAnswers } from "../../support/raw-http.ts";
import { until } from "../../support/wait.ts";
import type { HttpCase } from "./http-case.ts";

/** How the bytes of a case are sent: in one write, one by one, or cut where this seed says. */
export type Sending = "whole" | "bytes" | number;

/** A request that the worker has got. */
export interface GotRequest {
  readonly environ: Environ;
  readonly body: string;
}

/** What a client saw. */
export interface Seen {
  readonly answers: readonly HttpAnswer[];
  readonly end: "open" | "fin" | "reset";
}

const PROBE = "GET /probe HTTP/1.1\r\nHost: a.test\r\n\r\n";
const LIMIT_MS = 10_000;

/** An application that answers with method, target and body of its request, and remembers it. */
export function recordingApp(got: GotRequest[]): Application {
  return async (environ, startResponse) => {
    const body = (await environ["wsgi.input"].read()).toString("latin1");
    got.push({ environ, body });
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return [Buffer.from(pageOf(environ.REQUEST_METHOD, String(environ["REQUEST_URI"]), body), "latin1")];
  };
}

/** The answer of {@link recordingApp}. */
export function pageOf(method: string, uri: string, body: string): string {
  return `${method} ${uri} ${body}`;
}

/** The methods of the requests of a case, as far as they decide how an answer is read. */
function methodsOf({ send, answers }: HttpCase): string[] {
  const [, method = "GET"] = /^\s*([A-Za-z]+) /.exec(send) ?? [];
  const isHead = method === "HEAD" && answers.length === 1;
  return isHead ? ["HEAD"] : [];
}

/**
 * Send a case and listen until its connection has ended, or has taken a further request, which is the last of the answers.
 */
export async function exchange(endpoint: Endpoint, row: HttpCase, sending: Sending): Promise<Seen> {
  const socket = connectHttp(endpoint);
  const methods = methodsOf(row);
  let raw = "";
  let end: Seen["end"] = "open";
  socket.setNoDelay();
  socket.on("data", (chunk: Buffer) => {
    raw += chunk.toString("latin1");
  });
  socket.on("end", () => {
    end = "fin";
  });
  socket.on("error", () => {
    end = "reset";
  });
  const answers = (): readonly HttpAnswer[] => answersIn(raw, methods, end);
  const heard = (count: number): Promise<void> =>
    until(() => end !== "open" || answers().length >= count, `${count} answers to "${row.what}"`, LIMIT_MS);
  for (const piece of piecesOf(row, sending)) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (row.leaves) socket.end();
  await heard(row.answers.length);
  if (row.connection === "kept" && end === "open") {
    socket.write(PROBE);
    await heard(row.answers.length + 1);
  } else {
    await until(() => end !== "open", `the end of "${row.what}"`, LIMIT_MS);
  }
  socket.destroy();
  return { answers: answers(), end };
}

function piecesOf({ what, send }: HttpCase, sending: Sending): readonly Buffer[] {
  const bytes = Buffer.from(send, "latin1");
  const split = typeof sending === "number" ? "random" : sending;
  return cutBytes(bytes, split, seededRandom(`${sending} ${what}`));
}

/** Those that are complete. */
function answersIn(raw: string, methods: readonly string[], end: Seen["end"]): readonly HttpAnswer[] {
  return parseAnswers(raw, methods, end).filter(({ isComplete }) => isComplete);
}
