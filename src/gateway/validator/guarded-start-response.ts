import { describe } from "../response-start.ts";
import type { StartResponse, Write } from "../types.ts";
import { type AnnouncedHead, checkHeaders } from "./check-headers.ts";
import { checkError, checkStatus } from "./check-status.ts";
import type { Doubts } from "./doubts.ts";
import { fault } from "./lint-error.ts";
import { counted } from "./lint-message.ts";
import type { ResponseRecord } from "./response-record.ts";
import { isThenable } from "./thenable.ts";

/** Check every call of `startResponse`, and of the `write` that it returns, before the server sees it. */
export function guardStartResponse(
  startResponse: StartResponse,
  response: ResponseRecord,
  doubts: Doubts,
): StartResponse {
  let isCalled = false;

  function checkCall(args: readonly unknown[]): AnnouncedHead {
    if (args.length < 2 || args.length > 3) throw fault("A10", counted(args.length, "argument"));
    const [status, headers, error] = args;
    const isCorrection = error !== undefined && error !== null;
    if (isCalled && !isCorrection) throw fault("A11", "a second call without one");
    isCalled = true;
    if (isCorrection) checkError(error, doubts);
    return checkHeaders(headers, checkStatus(status, doubts), doubts);
  }

  return (...args) => {
    const sent = response.head;
    // As in the server: behind a call that was refused nothing is announced.
    response.head = undefined;
    const head = checkCall(args);
    // The server throws when the head is on the wire: what was announced before holds then.
    response.head = sent;
    const write: unknown = startResponse(...args);
    response.head = head;
    if (typeof write !== "function") throw fault("S20", describe(write));
    return guardWrite(write as Write, response);
  };
}

function guardWrite(write: Write, response: ResponseRecord): Write {
  return (...args) => {
    if (args.length !== 1) throw fault("A40", counted(args.length, "argument"));
    const [data]: readonly unknown[] = args;
    if (!(data instanceof Uint8Array)) throw fault("A41", describe(data));
    if (response.hasReturned) throw fault("A42", `${counted(data.length, "byte")} written behind its return`);
    const { head } = response;
    if (!head)
      throw fault("A71", `${counted(data.length, "byte")} written behind a startResponse that was refused`);
    response.take(data, head);
    const isFull: unknown = write(...args);
    if (isFull === undefined) return undefined;
    if (!isThenable(isFull)) throw fault("S21", describe(isFull));
    response.fullUntil(isFull);
    return isFull as Promise<void>;
  };
}
