import { PERSISTENCE } from "../../src/codec/persistence.ts";
import { ResponseDecoder } from "../../src/codec/response-decoder.ts";
import { createFront } from "../../src/front/front.ts";
import { anyPort } from "../support/endpoints.ts";
import { openHttp, sendHttp } from "../support/http-client.ts";
import type { Experiment } from "./experiment.ts";
import type { Findings } from "./findings.ts";
import { Lab } from "./lab.ts";
import { startScript, varOf } from "./scripted-worker.ts";

const BODY = "the body of an answer";
const KEEP = `${PERSISTENCE.header}: 60\r\n`;
const CHUNKS = `${"c\r\nthe body of \r\n"}${"9\r\nan answer\r\n"}0\r\n\r\n`;
/** Whether the reset comes together with what was sent before it, or when the client has that. */
const MOMENTS = ["at once", "when it was seen"] as const;
type Moment = (typeof MOMENTS)[number];

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
  async run(_scale, findings) {
    for (const answer of ANSWERS) for (const moment of MOMENTS) await cutEverywhere(answer, moment, findings);
  },
};

async function cutEverywhere(answer: Answer, moment: Moment, findings: Findings): Promise<void> {
  const bytes = Buffer.from(`HTTP/1.1 200 OK\r\n${answer.head}\r\n${answer.tail}`, "latin1");
  const headLength = bytes.length - answer.tail.length;
  const lab = await Lab.open();
  try {
    let sent = Buffer.alloc(0);
    let runs = 0;
    let reset: () => void = () => undefined;
    const worker = await startScript(lab, (request) => {
      const { socket } = request;
      if (varOf(request, "PATH_INFO") === "/whole") {
        socket.write(bytes);
        if (!answer.isKept) socket.end();
        return;
      }
      runs += 1;
      reset = () => socket.resetAndDestroy();
      const isAwaited = moment === "when it was seen" && sent.length >= headLength;
      socket.write(sent, () => isAwaited || reset());
    });
    const front = createFront({ to: [worker] });
    lab.atEnd(() => front.close(0));
    const endpoint = await front.listen(anyPort);
    const port = endpoint.type === "tcp" ? endpoint.port : 0;
    const wrong: string[] = [];
    for (let cutAt = 0; cutAt <= bytes.length; cutAt += 1) {
      sent = bytes.subarray(0, cutAt);
      const before = await sendHttp(port, { path: "/whole" });
      if (before.text !== BODY || !before.isWhole) wrong.push(`${cutAt}: the one before was ${before.text}`);
      const isDone = cutAt === bytes.length && answer.isFramed;
      const expected = { due: bodyIn(sent), hasHead: cutAt >= headLength, isDone, moment };
      const sight = await post(port, expected, () => reset());
      const fault = faultOf(sight, expected);
      if (fault !== undefined) wrong.push(`${cutAt} of ${bytes.length}: ${fault} (${JSON.stringify(sight)})`);
    }
    const what = `${answer.name}, ${moment}, ${bytes.length + 1} positions`;
    findings.holds(what, wrong.length === 0, wrong.slice(0, 5).join("; "));
    findings.atMost("POST run twice", runs - bytes.length - 1, 0);
  } finally {
    await lab.close();
  }
}

/** What may have run is not sent again: each cut is seen by one client. */
async function post(port: number, { due, moment }: Expected, reset: () => void): Promise<Sight> {
  try {
    const response = await openHttp(port, { path: "/cut", body: Buffer.from("x") });
    let seen = "";
    if (moment === "when it was seen" && response.status === 200) {
      while (seen.length < due.length) seen += (await response.nextBlock()).toString("latin1");
      reset();
    }
    const { body, isWhole } = await response.rest();
    return { status: response.status, body: seen + body.toString("latin1"), isWhole };
  } catch {
    return { status: "none", body: "", isWhole: false };
  }
}

interface Expected {
  /** As much of the body as was sent before the reset. */
  readonly due: string;
  readonly hasHead: boolean;
  readonly isDone: boolean;
  readonly moment: Moment;
}

/** What is wrong with what a client saw. */
function faultOf(
  { status, body, isWhole }: Sight,
  { due, hasHead, isDone, moment }: Expected,
): string | undefined {
  const wasSeen = hasHead && moment === "when it was seen";
  if (status === 502 && isWhole) return wasSeen ? "refused after its head had come" : undefined;
  if (isDone) return status === 200 && isWhole && body === BODY ? undefined : "not delivered whole";
  if (isWhole) return "taken for whole";
  if (!hasHead) return "begun before its head was whole";
  if (!due.startsWith(body)) return "not a prefix";
  return wasSeen && body !== due ? `not all of ${JSON.stringify(due)}` : undefined;
}

function bodyIn(sent: Buffer): string {
  const decoder = new ResponseDecoder();
  decoder.receive(sent);
  let body = "";
  for (let event = decoder.next(); event.type !== "need-data" && event.type !== "end"; event = decoder.next())
    if (event.type === "data") body += Buffer.from(event.block).toString("latin1");
  return body;
}
