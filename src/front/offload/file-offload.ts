import type { FileHandle } from "node:fs/promises";
import type { ResponseHead } from "../../codec/response-head.ts";
import type { Vars } from "../../codec/vars.ts";
import { ProtocolError, type UwsgiBridgeError } from "../../errors.ts";
import { readConditions } from "../files/conditions.ts";
import { type OpenedFile, openConfined } from "../files/confined-open.ts";
import { multipartBoundary } from "../files/multipart-boundary.ts";
import { sendParts } from "../files/send-parts.ts";
import type { ClientResponse } from "../response/client-response.ts";
import { offloadAnswer } from "./offload-answer.ts";
import { forbiddenFile, missingFile, unreadableFile } from "./offload-failure.ts";
import type { WantedFile } from "./offload-path.ts";

/** What a file is sent in answer to. */
export interface OffloadContext {
  readonly method: string;
  /** Those of the request: its conditions are among them. */
  readonly vars: Vars;
  /** What the application answered; its body is left out. */
  readonly head: ResponseHead;
  readonly response: ClientResponse;
  /** The file can not be sent. */
  readonly onError: (error: UwsgiBridgeError) => void;
}

const REFUSALS = {
  outside: "the file is in no directory that was configured",
  directory: "this is a directory",
  special: "this is no regular file",
  forbidden: "the file may not be opened",
} as const;

/** Send a file in place of an application's body, at the pace of the client. Nothing of it is open when the promise is fulfilled. */
export async function offloadFile(wanted: WantedFile, context: OffloadContext): Promise<void> {
  const { method, vars, head, response, onError } = context;
  let handle: FileHandle | undefined;
  try {
    const file = await openWanted(wanted);
    handle = file.handle;
    if (response.isOver) return;
    const conditions = readConditions(vars);
    const request = { method, conditions, nowMs: Date.now(), boundary: multipartBoundary };
    const answer = offloadAnswer(head, request, file.stats);
    const outgoing = response.handOver(answer.head, answer.framing);
    if (answer.parts.length > 0) await sendParts(outgoing, handle, answer.parts);
    // Of a response whose client left, the end would be told a second time.
    if (!outgoing.destroyed) outgoing.end();
  } catch (error) {
    onError(error instanceof ProtocolError ? error : unreadableFile(error));
  } finally {
    // The file was only read: a failure now means nothing to anybody.
    await handle?.close().catch(() => undefined);
  }
}

/** @throws {@link ProtocolError} `UWB_ERR_FILE_NOT_FOUND`, 404, or `UWB_ERR_FILE_FORBIDDEN`, 403. */
async function openWanted({ path, roots }: WantedFile): Promise<OpenedFile> {
  const opened = await openConfined(path, roots);
  if (opened.type === "file") return opened;
  throw opened.type === "missing" ? missingFile() : forbiddenFile(REFUSALS[opened.type]);
}
