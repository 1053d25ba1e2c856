import { failed, passed, type Verdict } from "../../case.ts";
import type { Exchange } from "../exchange.ts";
import { brokenInvariant } from "../expectation.ts";
import type { FrontCase } from "../front-case.ts";
import type { FrontContext } from "../front-context.ts";
import { describeObservation, type Observation } from "../observation.ts";
import { observe } from "../observe.ts";
import { request } from "../template.ts";

const MAX_DATASIZE = 65_535;
const FIELDS = 63;
const FIELD_BYTES = 1000;
/** Bytes of all the other vars are not known beforehand, so a first request leaves room for them. */
const PROBE_LAST_BYTES = 10;

/** Vars blocks around the largest that a packet can announce, to the byte. */
export const sizeBoundaryCases: readonly FrontCase[] = [-1, 0, 1, 2, 6].map((past): FrontCase => {
  const bytes = MAX_DATASIZE + past;
  const fits = past <= 0;
  return {
    id: `sizes/vars-of-${bytes}`,
    group: "sizes",
    level: "MUST",
    rule: fits ? `Vars of ${bytes} bytes arrive whole, or are refused` : `Vars of ${bytes} bytes are refused`,
    source: fits ? "protocol/README.md section 7" : "protocol/README.md section 11",
    explain: [
      `The client sends: a request with ${FIELDS} fields, and a second one that is longer by as much as the first one's vars fell short of ${bytes}.`,
      `Allowed: ${fits ? "a packet of that size with all fields, or an error" : "an error of the front, or the end of the connection"}.`,
      "Why: A length that wraps ends the vars early, and the rest is read as a body or as the next packet.",
    ].join("\n"),
    run: (context) => judge(bytes, context),
  };
});

async function judge(bytes: number, context: FrontContext): Promise<Verdict> {
  const probe = await observe(exchange(PROBE_LAST_BYTES), context);
  const size = datasizeOf(probe);
  if (size === undefined)
    return refusal(probe) ?? passed(`heads of this size are refused: ${describeObservation(probe)}`);
  const seen = await observe(exchange(PROBE_LAST_BYTES + bytes - size), context);
  const told = describeObservation(seen);
  const fault = brokenInvariant(seen) ?? packetFault(seen, bytes);
  if (fault !== undefined)
    return failed("a packet of that size, or an error", `${fault} (${told})`, seen.raw);
  return seen.arrivals.length > 0 ? passed(told) : (refusal(seen) ?? passed(told));
}

function exchange(lastBytes: number): Exchange {
  const fields = Array.from({ length: FIELDS }, (_, index) => `X-Size-${index}: ${"v".repeat(FIELD_BYTES)}⏎`);
  return {
    send: request({ fields: `${fields.join("")}X-Last: ${"l".repeat(lastBytes)}⏎` }),
    stopsAtAnswer: true,
  };
}

/** Size of the vars block as it was announced. */
function datasizeOf({ arrivals }: Observation): number | undefined {
  const raw = arrivals[0]?.raw;
  return raw && raw.length >= 4 ? raw.readUInt16LE(1) : undefined;
}

function packetFault(seen: Observation, bytes: number): string | undefined {
  const [arrival] = seen.arrivals;
  if (!arrival) return undefined;
  if (bytes > MAX_DATASIZE) return "the worker got a packet, which can not hold the request";
  if (datasizeOf(seen) !== bytes) return `the vars have ${datasizeOf(seen)} bytes instead of ${bytes}`;
  for (let index = 0; index < FIELDS; index += 1) {
    if (arrival.values(`HTTP_X_SIZE_${index}`)[0]?.length !== FIELD_BYTES)
      return `HTTP_X_SIZE_${index} is not whole`;
  }
  return undefined;
}

/** A verdict when what should be a refusal is none. */
function refusal(seen: Observation): Verdict | undefined {
  const [answer] = seen.answers;
  const isRefused = answer ? answer.status >= 400 && answer.isComplete : seen.end !== "open";
  return isRefused
    ? undefined
    : failed("an error, or the end of the connection", describeObservation(seen), seen.raw);
}
