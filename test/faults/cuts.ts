import { PERSISTENCE } from "../../src/codec/persistence.ts";
import { ResponseDecoder } from "../../src/codec/response-decoder.ts";
import { createFront } from "../../src/front/front.ts";
import { anyPort } from "../support/endpoints.ts";
import { openHttp, sendHttp } from "../support/http-client.ts";
import type { Experiment } from "./experiment.ts";
import type { Findings } from "./findings.ts";
import { Lab } from "./lab.ts";
import { type ScriptedRequest, startScript, varOf } from "./scripted-worker.ts";

const BODY = "the body of an answer";
const KEEP = `${PERSISTENCE.header}: 60\r\n`;
const CHUNKS = `${"c\r\nthe body of \r\n"}${"9\r\nan answer\r\n"}0\r\n\r\n`;
/** How long the front has to take what came before the reset. */
const HEAD_START_MS = 4;

interface Answer {
  readonly name: string;
  readonly head: string;
  readonly tail: string;
  readonly isKept: boolean;
  /** Whole with its last byte, and not only with the end of the connection. */
  readonly isFramed: boolean;
}

const ANSWERS: readonly Answer[] = [
  {
    name: "kept, length",
    head: `${KEEP}Content-Length: ${BODY.length}\r\n`,
    tail: BODY,
    isKept: true,
    isFramed: true,
  },
  {
    name: "kept, chunked",
    head: `${KEEP}Transfer-Encoding: chunked\r\n`,
    tail: CHUNKS,
    isKept: true,
    isFramed: true,
  },
  {
    name: "plain, length",
    head: `Content-Length: ${BODY.length}\r\n`,
    tail: BODY,
    isKept: false,
    isFramed: true,
  },
  {
    name: "plain, chunked",
    head: "Transfer-Encoding: chunked\r\n",
    tail: CHUNKS,
    isKept: false,
    isFramed: true,
  },
  { name: "plain, up to the end", head: "", tail: BODY, isKept: false, isFramed: false },
];

/** What a client saw. */
interface Sight {
  readonly status: number | "none";
  readonly body: string;
  readonly isWhole: boolean;
}

/** The connection to the worker is reset behind every byte of an answer. */
export const resets: Experiment = {
  name: "F27",
  title: "the worker's connection is reset at every byte of an answer",
  async run(scale, findings) {
    for (const answer of ANSWERS) {
      for (const headStartMs of scale === "full" ? [0, HEAD_START_MS, 5 * HEAD_START_MS] : [0, HEAD_START_MS])
        await cutEverywhere(answer, headStartMs, findings);
    }
  },
};

async function cutEverywhere(answer: Answer, headStartMs: number, findings: Findings): Promise<void> {
  const bytes = Buffer.from(`HTTP/1.1 200 OK\r\n${answer.head}\r\n${answer.tail}`, "latin1");
  const headLength = bytes.length - answer.tail.length;
  const lab = await Lab.open();
  try {
    let cutAt = 0;
    let runs = 0;
    const worker = await startScript(lab, (request) => {
      if (varOf(request, "PATH_INFO") === "/whole") {
        request.socket.write(bytes);
        if (!answer.isKept) request.socket.end();
        return;
      }
      runs += 1;
      cut(request, bytes.subarray(0, cutAt), headStartMs);
    });
    const front = createFront({ to: [worker] });
    lab.atEnd(() => front.close(0));
    const endpoint = await front.listen(anyPort);
    const port = endpoint.type === "tcp" ? endpoint.port : 0;
    const wrong: string[] = [];
    for (cutAt = 0; cutAt <= bytes.length; cutAt += 1) {
      const before = await sendHttp(port, { path: "/whole" });
      if (before.text !== BODY || !before.isWhole) wrong.push(`${cutAt}: the one before was ${before.text}`);
      const sight = await post(port);
      const isDone = cutAt === bytes.length && answer.isFramed;
      const fault = faultOf(sight, {
        sent: bytes.subarray(0, cutAt),
        headLength,
        isDone,
        mustBeExact: headStartMs > 0,
      });
      if (fault !== undefined) wrong.push(`${cutAt} of ${bytes.length}: ${fault} (${JSON.stringify(sight)})`);
    }
    const mode = headStartMs > 0 ? `${headStartMs} ms later` : "at once";
    findings.holds(
      `${answer.name}, ${mode}, ${bytes.length + 1} positions`,
      wrong.length === 0,
      wrong.slice(0, 5).join("; "),
    );
    findings.atMost("POST run twice", runs - bytes.length - 1, 0);
  } finally {
    await lab.close();
  }
}

function cut({ socket }: ScriptedRequest, part: Buffer, headStartMs: number): void {
  const reset = (): void => {
    if (headStartMs === 0) socket.resetAndDestroy();
    else setTimeout(() => socket.resetAndDestroy(), headStartMs);
  };
  if (part.length === 0) reset();
  else socket.write(part, reset);
}

/** What may have run is not sent again: each cut is seen by one client. */
async function post(port: number): Promise<Sight> {
  try {
    const response = await openHttp(port, { path: "/cut", body: Buffer.from("x") });
    const { body, isWhole } = await response.rest();
    return { status: response.status, body: body.toString("latin1"), isWhole };
  } catch {
    return { status: "none", body: "", isWhole: false };
  }
}

interface Expected {
  readonly sent: Buffer;
  readonly headLength: number;
  readonly isDone: boolean;
  /** The front had the time to take all of it. */
  readonly mustBeExact: boolean;
}

/** What is wrong with what a client saw. */
function faultOf(
  { status, body, isWhole }: Sight,
  { sent, headLength, isDone, mustBeExact }: Expected,
): string | undefined {
  if (status === 502 && isWhole) {
    const mayRefuse = sent.length < headLength || !mustBeExact;
    return mayRefuse ? undefined : "refused after its head had come";
  }
  if (isDone) return status === 200 && isWhole && body === BODY ? undefined : "not delivered whole";
  if (isWhole) return "taken for whole";
  if (sent.length < headLength) return "begun before its head was whole";
  const due = bodyIn(sent);
  if (!due.startsWith(body)) return "not a prefix";
  return mustBeExact && body !== due ? `not all of ${JSON.stringify(due)}` : undefined;
}

function bodyIn(sent: Buffer): string {
  const decoder = new ResponseDecoder();
  decoder.receive(sent);
  let body = "";
  for (let event = decoder.next(); event.type !== "need-data" && event.type !== "end"; event = decoder.next())
    if (event.type === "data") body += Buffer.from(event.block).toString("latin1");
  return body;
}
