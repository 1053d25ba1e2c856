import type { IncomingMessage } from "node:http";
import type { Stage } from "../pipeline/stage.ts";
import type { Visit } from "../pipeline/visit.ts";
import type { HttpHead } from "../request/http-head.ts";
import { parseRequest, type RequestLimits } from "../request/parse-request.ts";
import { isRefusal } from "../request/refusal.ts";

/** Lets in what is one request to everybody who may read it. */
export class ValidationStage implements Stage {
  readonly name = "validation";
  readonly #limits: RequestLimits;
  #droppedHeaders = 0;

  constructor(limits: RequestLimits) {
    this.#limits = limits;
  }

  enter(visit: Visit): boolean {
    const parsed = parseRequest(headOf(visit.incoming), this.#limits);
    const refusal = isRefusal(parsed) ? parsed : visit.wish.refusal;
    if (!isRefusal(parsed)) {
      visit.parsed = parsed;
      this.#droppedHeaders += parsed.droppedHeaders ?? 0;
    }
    if (refusal) visit.refuse(refusal);
    // Node ends a connection whose client waited for a 100 that never came, and there is no body whose reader would send it.
    else if ((visit.parsed.bodyLength ?? 0) === 0) visit.wish.sendContinue?.();
    return refusal === undefined;
  }

  counts(): { readonly droppedHeaders: number } {
    return { droppedHeaders: this.#droppedHeaders };
  }
}

/** What can be judged of a request before its body. */
export function headOf({ method = "", url = "", httpVersion, rawHeaders }: IncomingMessage): HttpHead {
  return { method, target: url, httpVersion, rawHeaders };
}
