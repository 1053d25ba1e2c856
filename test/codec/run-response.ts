import {
  type ErrorCode,
  ProtocolError,
  ResponseDecoder,
  type ResponseDecoderOptions,
  type ResponseFraming,
  type ResponseHead,
} from "../../src/codec/index.ts";

/** What a reader learned from the bytes of one response. */
export interface ResponseRun {
  /** `stuck`: neither an end nor an error, even though the worker closed; never right. */
  outcome: "whole" | "stuck" | { readonly code: ErrorCode; readonly offset: number };
  interim: ResponseHead[];
  head: ResponseHead | undefined;
  framing: ResponseFraming | undefined;
  /** Latin-1. */
  body: string;
  /** Bytes came behind the end, with it or later. */
  surplus: boolean;
  /** The outcome was known before the worker closed. */
  beforeClose: boolean;
}

/** More events than any input of these tests can stand for. */
const MAX_EVENTS = 1000;

/** Feed one response to a decoder as a front does, and then the worker closes in an orderly way. */
export function runResponse(chunks: readonly Uint8Array[], options?: ResponseDecoderOptions): ResponseRun {
  const run: ResponseRun = {
    outcome: "stuck",
    interim: [],
    head: undefined,
    framing: undefined,
    body: "",
    surplus: false,
    beforeClose: true,
  };
  const decoder = new ResponseDecoder(options);
  for (const chunk of chunks) {
    if (run.outcome !== "stuck") {
      run.surplus ||= run.outcome === "whole" && chunk.length > 0;
      continue;
    }
    decoder.receive(chunk);
    advance(decoder, run);
  }
  if (run.outcome !== "stuck") return run;
  decoder.end();
  run.beforeClose = false;
  advance(decoder, run);
  return run;
}

function advance(decoder: ResponseDecoder, run: ResponseRun): void {
  try {
    for (let steps = 0; step(decoder, run); steps += 1) {
      if (steps > MAX_EVENTS) throw new Error("the decoder reports events without end");
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    run.outcome = { code: error.code, offset: error.offset };
  }
}

/** False when the decoder needs more bytes. */
function step(decoder: ResponseDecoder, run: ResponseRun): boolean {
  const event = decoder.next();
  switch (event.type) {
    case "interim":
      run.interim.push(event.head);
      return true;
    case "head":
      run.head = event.head;
      run.framing = event.framing;
      return true;
    case "data":
      run.body += Buffer.from(event.block).toString("latin1");
      return true;
    case "end":
      run.outcome = "whole";
      run.surplus = event.surplus;
      return true;
    case "need-data":
      return false;
  }
}
