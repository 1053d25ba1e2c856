import {
  type AnswerReading,
  type ConnectionEnd,
  type HttpAnswer,
  readAnswers,
} from "../front/http-answer.ts";
import { FuzzFailure } from "./fuzz-failure.ts";
import type { RunTokens, TokenRoll } from "./tokens.ts";

/**
 * Read answers as the strictest client does.
 *
 * @throws {@link FuzzFailure} `invalid-http` when they are none, or when bytes follow that belong to none.
 */
export function readStrictly(bytes: Buffer, methods: readonly string[], end: ConnectionEnd): AnswerReading {
  // What a reset threw away is nobody's fault here: what is left is a good beginning, or it is not.
  const reading = readAnswers(bytes, methods, end === "reset" ? "open" : end);
  if (reading.fault !== undefined)
    throw new FuzzFailure("invalid-http", reading.fault.replace(/["'].*$/s, "…"), reading.fault);
  if (reading.surplus.length > 0)
    throw new FuzzFailure(
      "invalid-http",
      "bytes follow that belong to no answer",
      JSON.stringify(reading.surplus.toString("latin1", 0, 60)),
    );
  return reading;
}

/** @throws {@link FuzzFailure} `wrong-token` when the bytes hold the token of another run. */
export function checkTokens(bytes: Buffer, roll: TokenRoll, tokens: RunTokens): void {
  const own = Object.values<string>({ ...tokens });
  const strange = roll.tokensIn(bytes.toString("latin1")).filter((token) => !own.includes(token));
  if (strange.length > 0)
    throw new FuzzFailure("wrong-token", "the answer belongs to another request", `token ${strange[0]}`);
}

/** How many whole final answers there are; 0 while they can not be read. */
export function countWhole(bytes: Buffer, methods: readonly string[]): number {
  return readAnswers(bytes, methods, "open").answers.filter(({ isComplete }) => isComplete).length;
}

/** @throws {@link FuzzFailure} `hang` */
export function failHang(hangMs: number, bytes: Buffer): never {
  const heard = bytes.length === 0 ? "nothing was heard" : `${bytes.length} bytes were heard`;
  throw new FuzzFailure("hang", `neither an answer nor a close in ${hangMs} ms`, heard);
}

/** The kind of an answer, for a table. */
export function answerKind(answer: HttpAnswer | undefined): string {
  if (!answer) return "closed";
  return answer.isComplete ? String(answer.status) : `${answer.status}, cut`;
}
