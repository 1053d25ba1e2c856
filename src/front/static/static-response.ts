import { type ServerResponse, STATUS_CODES } from "node:http";
import type { HeaderPair } from "../../codec/response-head.ts";
import type { ByteRange } from "../files/byte-ranges.ts";
import { type Conditions, readConditions } from "../files/conditions.ts";
import { answerFor, type FileAnswer } from "../files/file-answer.ts";
import { multipartBoundary } from "../files/multipart-boundary.ts";
import { sendParts } from "../files/send-parts.ts";
import { FrontResponse } from "../response/front-response.ts";
import { type Content, chooseForm, closeForms, type Form, type ServedFile } from "./served-file.ts";

/** A request for a file that was found. */
export interface FileDelivery {
  readonly method: string;
  readonly headerVars: readonly (readonly [name: string, value: string])[];
  readonly response: ServerResponse;
  /** Fields about the connection. */
  readonly closing: () => readonly HeaderPair[];
  /** Answer without the file: 412 or 416. */
  readonly refuse: (status: number, headers: readonly HeaderPair[]) => void;
}

/**
 * Send a file, or what there is to say instead, and close what is open of it.
 *
 * @returns A promise when there is something to wait for. It rejects when the file can not be read to the length that was announced.
 */
export function deliver(file: ServedFile, delivery: FileDelivery): Promise<void> | undefined {
  const conditions = readConditions(delivery.headerVars);
  const form = chooseForm(file, conditions);
  if (!file.isInMemory) return deliverOpen(file, form, { delivery, conditions });
  answerFromMemory(form, { delivery, conditions });
  return undefined;
}

interface Turn {
  readonly delivery: FileDelivery;
  readonly conditions: Conditions;
}

async function deliverOpen(file: ServedFile, form: Form, turn: Turn): Promise<void> {
  try {
    await closeForms(file, form);
    const { response } = turn.delivery;
    if (response.destroyed) return;
    if (form.content.type !== "handle") {
      answerFromMemory(form, turn);
      return;
    }
    const answer = answerOf(form, turn);
    if (answer === undefined) return;
    writeHead(response, answer, turn.delivery.closing());
    if (answer.parts.length > 0) await sendParts(response, form.content.handle, answer.parts);
    response.end();
  } finally {
    await closeForms(file);
  }
}

function answerFromMemory(form: Form, turn: Turn): void {
  const answer = answerOf(form, turn);
  if (answer === undefined) return;
  const { response } = turn.delivery;
  const body = bodyOf(form.content, answer.parts);
  const closing = turn.delivery.closing();
  if (typeof body === "string" && closing.length === 0 && response instanceof FrontResponse) {
    const { status, headers } = answer;
    if (response.sendWhole({ status, reason: STATUS_CODES[status] as string, headers, body })) return;
  }
  writeHead(response, answer, closing);
  if (typeof body === "string") response.end(body, "latin1");
  else response.end(body);
}

/** @returns `undefined` when it was answered without the file. */
function answerOf({ representation }: Form, { delivery, conditions }: Turn): FileAnswer | undefined {
  const answer = answerFor(representation, {
    method: delivery.method,
    conditions,
    nowMs: Date.now(),
    boundary: multipartBoundary,
  });
  const { status, headers } = answer;
  if (status === 412 || status === 416) {
    delivery.refuse(status, headers);
    return undefined;
  }
  return answer;
}

function writeHead(
  response: ServerResponse,
  { status, headers }: FileAnswer,
  closing: readonly HeaderPair[],
): void {
  const fields = closing.length === 0 ? headers : [...headers, ...closing];
  response.writeHead(status, STATUS_CODES[status] as string, fields as never);
}

function bodyOf(content: Content, parts: readonly (ByteRange | string)[]): string | Buffer | undefined {
  if (parts.length === 0) return undefined;
  const [only] = parts;
  if (content.type === "text") {
    const { text } = content;
    if (typeof only === "object" && only.length === text.length && parts.length === 1) return text;
    const slice = ({ offset, length }: ByteRange): string => text.slice(offset, offset + length);
    return parts.map((part) => (typeof part === "string" ? part : slice(part))).join("");
  }
  if (content.type === "handle") return undefined;
  const { bytes } = content;
  const subarray = ({ offset, length }: ByteRange): Buffer => bytes.subarray(offset, offset + length);
  if (parts.length === 1 && typeof only === "object") return subarray(only);
  return Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : subarray(part))),
  );
}
