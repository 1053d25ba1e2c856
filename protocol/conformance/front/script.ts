import { TOKEN_LENGTH } from "./token.ts";

/** One thing the scripted worker does. */
export type Step =
  /** Wait until the request body is there to its announced end. */
  | { readonly type: "body" }
  /** Send bytes. In the text `⏎` is CR LF and `{T}` the token of the request. */
  | { readonly type: "send"; readonly text: string }
  | { readonly type: "pause"; readonly ms: number }
  /** Close the sending side, and read on. */
  | { readonly type: "fin" }
  /** Reset the connection; over a Unix socket there is no such thing. */
  | { readonly type: "reset" }
  /** Say nothing more, and wait for the front to leave. */
  | { readonly type: "hang" };

/** What the scripted worker does with one request. */
export type Script = readonly Step[];

/** How an answer ends. */
export type Ending = "fin" | "reset" | "hang";

const BODY: Step = { type: "body" };

/** Read the whole request, send this, and end. */
export function answer(text: string, ending: Ending = "fin"): Script {
  return [BODY, { type: "send", text }, { type: ending }];
}

/** As {@link answer}, in several parts with a pause between them, so that they arrive apart. */
export function answerInParts(parts: readonly string[], pauseMs: number, ending: Ending = "fin"): Script {
  const steps = parts.flatMap((text): Step[] => [
    { type: "pause", ms: pauseMs },
    { type: "send", text },
  ]);
  return [BODY, ...steps.slice(1), { type: ending }];
}

/** Send this as soon as the vars are there, whatever the body does. */
export function earlyAnswer(text: string): Script {
  return [{ type: "send", text }, { type: "fin" }];
}

/** A status line and the length of a token. */
export const OK = "HTTP/1.1 200 OK⏎";
export const LENGTH: string = `Content-Length: ${TOKEN_LENGTH}⏎`;
/** What the worker answers when a case says nothing about it. */
export const GOOD_ANSWER: string = `${OK}Content-Type: text/plain⏎${LENGTH}⏎{T}`;
export const GOOD: Script = answer(GOOD_ANSWER);

/** What a script says, for a person: pauses and endings in brackets. */
export function describeScript(script: Script): string {
  return script
    .map((step) => {
      if (step.type === "send") return step.text.length > 200 ? `${step.text.slice(0, 200)}…` : step.text;
      if (step.type === "pause") return ` [${step.ms} ms] `;
      return step.type === "body" || step.type === "fin" ? "" : ` [${step.type}]`;
    })
    .join("");
}
