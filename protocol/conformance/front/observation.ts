import type { Arrival } from "./arrival.ts";
import type { ConnectionEnd, HttpAnswer } from "./http-answer.ts";
import type { TemplateValues } from "./template.ts";

/** How the client's connection stood behind the answers of a case, and what the next request on it showed. */
export type Aftermath =
  /** The next request got its own answer. */
  | { readonly type: "in-step" }
  /** The front ended the connection, as it may at any time. */
  | { readonly type: "closed" }
  /** The client can not tell what belongs to what any more. */
  | { readonly type: "out-of-step"; readonly why: string };

/** All that was seen of one case, from both sides of the front. */
export interface Observation {
  readonly values: TemplateValues;
  /** Final answers, in order; the last one may be incomplete. */
  readonly answers: readonly HttpAnswer[];
  readonly interim: readonly HttpAnswer[];
  /** Why a strict client can not read the bytes. */
  readonly fault: string | undefined;
  /** The connection before the next request was tried. */
  readonly end: ConnectionEnd;
  readonly aftermath: Aftermath;
  /** Connections to the worker that bear the token of the case. */
  readonly arrivals: readonly Arrival[];
  /** Those that bear `{S}`. */
  readonly smuggled: readonly Arrival[];
  /** Tokens of other cases in what the client got. */
  readonly foreignTokens: readonly string[];
  /** What the client got, byte for byte. */
  readonly raw: Buffer;
  /** Address and port of the client. */
  readonly client: { readonly address: string; readonly port: number };
}

/** What was seen, in a few words. */
export function describeObservation(seen: Observation): string {
  const { arrivals } = seen;
  const [arrival] = arrivals;
  const packets =
    arrival === undefined
      ? "no packet"
      : arrivals.length > 1
        ? `${arrivals.length} packets`
        : arrival.fault === undefined
          ? "a packet"
          : `no packet but ${arrival.raw.length} bytes`;
  return `${describeAnswers(seen)}; ${packets}`;
}

function describeAnswers({ answers, end, aftermath }: Observation): string {
  if (answers.length === 0) return end === "open" ? "no answer" : `closed without an answer (${end})`;
  const texts = answers.map(({ status, body, isComplete }) =>
    isComplete ? `${status} with ${body.length} bytes` : `${status} broken off after ${body.length} bytes`,
  );
  return `${texts.join(", ")}${end === "open" || aftermath.type === "in-step" ? "" : `, then ${end}`}`;
}
