import type { Answer } from "./answer.ts";

const SHOWN_BYTES = 60;

/** An answer in a few words: `200 OK, body "abc"`, `closed without a byte`. */
export function describeAnswer(answer: Answer): string {
  if (answer.isEmpty) return describeSilence(answer);
  const text = answer.text;
  const body = text.length > SHOWN_BYTES ? `a body of ${text.length} bytes` : `body ${JSON.stringify(text)}`;
  return answer.hasHead ? `${answer.statusLine}, ${body}` : `no head: ${JSON.stringify(answer.statusLine)}`;
}

function describeSilence({ ending }: Answer): string {
  switch (ending) {
    case "fin":
      return "closed without a byte";
    case "reset":
      return "reset without a byte";
    case "open":
      return "no answer in time, the connection still open";
    case "ours":
      return "no answer until the suite closed";
  }
}
