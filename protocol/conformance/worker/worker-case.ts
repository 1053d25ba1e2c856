import { type CaseFacts, type ConformanceCase, failed, type Level, passed, type Verdict } from "../case.ts";
import { printableBytes } from "../printable-bytes.ts";
import type { Answer } from "./answer.ts";
import type { Check } from "./checks.ts";
import { type CountsCheck, countsFault } from "./counts.ts";
import { describeAnswer } from "./describe-answer.ts";
import { type RequestShape, requestBytes, type Sent } from "./request-bytes.ts";
import type { WorkerContext } from "./worker-context.ts";

/** A case of the worker suite. */
export interface WorkerCase extends ConformanceCase<WorkerContext> {
  /** Routes of the contract app the case asks for. An app without them is not asked. */
  readonly routes: readonly string[];
}

/** What all cases of the suite say of themselves; see {@link CaseFacts}. */
interface Row extends Partial<Pick<CaseFacts, "transports" | "alone" | "extraTimeMs">> {
  /** The part of the id behind the slash. */
  readonly name: string;
  /** @defaultValue `"MUST"` */
  readonly level?: Level;
  readonly rule: string;
  readonly source: string;
  /** What goes wrong without the rule. */
  readonly why: string;
}

/** A case that is one exchange: bytes, and which answers to them are right. */
export interface ExchangeRow extends Row {
  readonly send: RequestShape | ((token: string) => Sent);
  /** Close our sending side behind the last byte. @defaultValue false */
  readonly halfClose?: boolean;
  readonly allow: Check;
  /** The answer may be a packet. @defaultValue false */
  readonly packet?: boolean;
  /** What the application was made to do. */
  readonly counts?: CountsCheck;
  /** @defaultValue the route in the path of `send` */
  readonly routes?: readonly string[];
}

/** A case that needs more than one exchange, or an eye on the clock. */
export interface ScriptRow extends Row {
  readonly routes: readonly string[];
  /** What is sent, in words, and what is allowed. */
  readonly story: string;
  run(context: WorkerContext): Promise<Verdict>;
}

/** The cases of a group, from their table. */
export function exchangeCases(group: string, rows: readonly ExchangeRow[]): readonly WorkerCase[] {
  return rows.map((row) => new ExchangeCase(group, row));
}

export function scriptCases(group: string, rows: readonly ScriptRow[]): readonly WorkerCase[] {
  return rows.map((row) => ({
    ...factsOf(group, row),
    explain: `${row.why}\n\n${row.story}`,
    routes: row.routes,
    run: (context) => row.run(context),
  }));
}

function factsOf(group: string, row: Row): Omit<CaseFacts, "explain"> {
  const { name, level = "MUST", rule, source, transports, alone, extraTimeMs } = row;
  return {
    id: `${group}/${name}`,
    group,
    level,
    rule,
    source,
    ...(transports === undefined ? {} : { transports }),
    ...(alone === undefined ? {} : { alone }),
    ...(extraTimeMs === undefined ? {} : { extraTimeMs }),
  };
}

class ExchangeCase implements WorkerCase {
  declare readonly id: string;
  declare readonly group: string;
  declare readonly level: Level;
  declare readonly rule: string;
  declare readonly source: string;
  readonly routes: readonly string[];
  readonly #row: ExchangeRow;

  constructor(group: string, row: ExchangeRow) {
    Object.assign(this, factsOf(group, row));
    this.#row = row;
    const [, route] = typeof row.send === "function" ? [] : row.send.path.split("/");
    const named = row.routes ?? (route === undefined ? [] : [route]);
    this.routes = [...new Set(["hello", ...named, ...(row.counts ? ["counts"] : [])])];
  }

  get explain(): string {
    const { bytes } = sentBy(this.#row, "TOKEN");
    const { why, allow, counts, halfClose } = this.#row;
    const then = counts === undefined ? "" : `\nAfterwards: ${counts.expected}.`;
    const end = halfClose === true ? ", then the sending side is closed" : "";
    return `${why}\n\nSent: ${printableBytes(bytes, 600)}${end}\nAllowed: ${allow.expected}.${then}`;
  }

  async run(context: WorkerContext): Promise<Verdict> {
    const { allow, counts, halfClose = false, extraTimeMs = 0 } = this.#row;
    const answer = await context.exchange(sentBy(this.#row, context.token), {
      halfClose,
      timeoutMs: context.asking.timeoutMs + extraTimeMs,
    });
    const fault = this.#formFault(answer) ?? allow.fault(answer);
    if (fault !== undefined) return failed(allow.expected, fault, answer.bytes);
    const dead = await deathFault(context, answer);
    if (dead !== undefined) return failed("a worker that goes on serving", dead, answer.bytes);
    const wrong = counts && (await countsFault(context, counts));
    if (counts && wrong !== undefined) return failed(counts.expected, wrong, answer.bytes);
    return passed(describeAnswer(answer));
  }

  /** Whatever is allowed: an answer is a response or a close, never noise, and never nothing on an open connection. */
  #formFault(answer: Answer): string | undefined {
    const isForm = answer.isEmpty ? answer.ending !== "open" : answer.hasHead || this.#row.packet === true;
    return isForm ? undefined : describeAnswer(answer);
  }
}

/** After silence, an ordinary request shows whether the worker refused the packet or died of it. */
export async function deathFault(context: WorkerContext, answer: Answer): Promise<string | undefined> {
  if (!answer.isEmpty) return undefined;
  let next: Answer;
  try {
    next = await context.exchange(requestBytes({ path: "/hello" }, context.token));
  } catch (error) {
    return `silence, and afterwards ${error instanceof Error ? error.message : String(error)}`;
  }
  return next.text === "hello"
    ? undefined
    : `silence, and to an ordinary request then: ${describeAnswer(next)}`;
}

function sentBy({ send }: ExchangeRow, token: string): Sent {
  return typeof send === "function" ? send(token) : requestBytes(send, token);
}
