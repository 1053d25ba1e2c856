import { spec } from "../../sources.ts";
import {
  all,
  bodyLength,
  check,
  closedSilently,
  either,
  errorStatus,
  ok,
  refused,
  status,
} from "../checks.ts";
import { jsonHas } from "../json-checks.ts";
import { type RequestShape, rawPacket, requestBytes } from "../request-bytes.ts";
import { type ExchangeRow, exchangeCases, type WorkerCase } from "../worker-case.ts";

const LIMITS = spec("7");
const MAX_DATASIZE = 65_535;
/** A server may take this long to give up on a peer that stays silent. */
const SILENCE_MS = 35_000;
const OWN_LIMIT =
  "A server may have a limit of its own; past it, it refuses. It never cuts, and never runs on a part.";

/** A request whose vars block has exactly this size, and the check that all of it arrived. */
function padded(datasize: number): Pick<ExchangeRow, "send" | "allow"> {
  const bare = requestBytes({ path: "/env", vars: { HTTP_X_PAD: "" } }, "").bytes.length - 4;
  const vars = { HTTP_X_PAD: "p".repeat(datasize - bare) };
  return { send: { path: "/env", vars }, allow: jsonHas(vars) };
}

function manyVars(count: number, prefix = "HTTP_X_V"): RequestShape {
  const vars = Array.from({ length: count }, (_, number): [string, string] => [
    `${prefix}${number}`,
    String(number),
  ]);
  return { path: "/env", more: vars };
}

const sizes: readonly ExchangeRow[] = [4096, 4097, 8192, 32_768, MAX_DATASIZE - 1, MAX_DATASIZE].flatMap(
  (datasize): ExchangeRow[] => [
    {
      name: `datasize-${datasize}`,
      level: datasize <= 4096 ? "MUST" : "SHOULD",
      rule: `A vars block of ${datasize} bytes is served`,
      source: LIMITS,
      why: `${datasize <= 4096 ? "Cookies make blocks of this size everyday." : "The format allows 65535 bytes, and fronts send them."} ${OWN_LIMIT}`,
      ...padded(datasize),
    },
    ...(datasize <= 4096
      ? []
      : [
          {
            name: `datasize-${datasize}-or-refused`,
            rule: `A vars block of ${datasize} bytes is served or refused`,
            source: LIMITS,
            why: OWN_LIMIT,
            send: padded(datasize).send,
            allow: either(padded(datasize).allow, refused),
          } satisfies ExchangeRow,
        ]),
  ],
);

export const limitCases: readonly WorkerCase[] = exchangeCases("limits", [
  ...sizes,
  {
    name: "datasize-refused-with-status",
    level: "SHOULD",
    rule: "A block that is too large is refused with 431, not with silence",
    source: LIMITS,
    why: "Silence makes the front say 502 and the operator guess: it can mean six other things.",
    send: padded(MAX_DATASIZE).send,
    allow: either(padded(MAX_DATASIZE).allow, errorStatus(431, 431)),
  },
  {
    name: "value-60000",
    level: "SHOULD",
    rule: "A value of 60000 bytes arrives whole",
    source: LIMITS,
    why: "The format allows a value of 65530 bytes.",
    send: { path: "/env", vars: { HTTP_X_PAD: "v".repeat(60_000) } },
    allow: jsonHas({ HTTP_X_PAD: "v".repeat(60_000) }),
  },
  {
    name: "key-200",
    rule: "A key of 200 bytes arrives whole",
    source: LIMITS,
    why: "Header names have no limit of their own in the format.",
    send: { path: "/env", vars: { [`HTTP_${"K".repeat(195)}`]: "1" } },
    allow: jsonHas({ [`HTTP_${"K".repeat(195)}`]: "1" }),
  },
  {
    name: "vars-100",
    rule: "A hundred vars are all delivered",
    source: LIMITS,
    why: "Fronts send fifteen of their own, and one per header line.",
    send: manyVars(90),
    allow: jsonHas({ HTTP_X_V0: "0", HTTP_X_V89: "89" }),
  },
  {
    name: "vars-166",
    level: "SHOULD",
    rule: "More than 128 vars are all delivered",
    source: LIMITS,
    why: "uWSGI's default of 128 closes without a word, which shows as 502.",
    send: manyVars(156),
    allow: jsonHas({ HTTP_X_V0: "0", HTTP_X_V155: "155" }),
  },
  {
    name: "vars-4000",
    rule: "Four thousand vars are served or refused",
    source: LIMITS,
    why: `A flood of vars must cost little. ${OWN_LIMIT}`,
    send: manyVars(4000, "V"),
    allow: either(refused, jsonHas({ V3999: "3999" })),
  },
  {
    name: "vars-4000-refused",
    level: "SHOULD",
    rule: "Four thousand vars are refused",
    source: LIMITS,
    why: "Nobody sends so many in earnest, and tables of names grow by them.",
    send: manyVars(4000, "V"),
    allow: refused,
  },
  {
    name: "path-8000",
    level: "SHOULD",
    rule: "A path of 8000 bytes arrives whole",
    source: LIMITS,
    why: "RFC 9110 section 4.1 asks recipients to support 8000 octets.",
    send: {
      path: "/env",
      vars: { PATH_INFO: `/env/${"p".repeat(8000)}`, REQUEST_URI: `/env/${"p".repeat(8000)}` },
    },
    allow: jsonHas({ PATH_INFO: `/env/${"p".repeat(8000)}` }),
  },
  {
    name: "query-3000",
    rule: "A query string of 3000 bytes arrives whole",
    source: LIMITS,
    why: "It fits the smallest limit in use, 4096 for the block.",
    send: { path: "/env", vars: { QUERY_STRING: "q".repeat(3000) } },
    allow: jsonHas({ QUERY_STRING: "q".repeat(3000) }),
  },
  {
    name: "response-4-mib",
    rule: "A response of four mebibytes arrives whole",
    source: spec("5.4"),
    why: "Where a server loses count, it does so past its buffers.",
    send: { path: "/large" },
    allow: all(
      status(200),
      bodyLength(64 * 65_536),
      check("nothing but the letter A", (answer) => !/[^A]/.test(answer.text)),
    ),
  },
  {
    name: "response-one-block",
    rule: "A response of one block of three megabytes arrives whole",
    source: spec("5.4"),
    why: "One block that is larger than every buffer on the way.",
    send: { path: "/large-block" },
    allow: all(status(200), bodyLength(3_000_000)),
  },
  {
    name: "silence-after-connect",
    level: "SHOULD",
    rule: `A connection on which nothing comes is closed within ${SILENCE_MS / 1000} seconds`,
    source: LIMITS,
    why: "Connections are few, and opening one costs a stranger nothing.",
    send: () => ({ bytes: Buffer.alloc(0), method: "GET" }),
    allow: either(closedSilently, errorStatus(408, 408)),
    alone: true,
    extraTimeMs: SILENCE_MS,
  },
  {
    name: "silence-in-body",
    level: "SHOULD",
    rule: `A body that stops is an error to the application within ${SILENCE_MS / 1000} seconds`,
    source: LIMITS,
    why: "An application that waits for a body for ever is one that is lost, with all it holds.",
    send: { path: "/read-short", body: "abc", vars: { CONTENT_LENGTH: "10" } },
    allow: either(ok("error"), errorStatus(400, 599), closedSilently),
    alone: true,
    extraTimeMs: SILENCE_MS,
  },
  {
    name: "silence-in-packet",
    level: "SHOULD",
    rule: `A packet that stops in its vars is given up within ${SILENCE_MS / 1000} seconds`,
    source: LIMITS,
    why: "A peer that sends half a packet and waits holds a connection, in some servers a whole process.",
    send: () => rawPacket([0, 0], 100, "xxxxxxxxxx"),
    allow: either(errorStatus(400, 599), closedSilently),
    alone: true,
    extraTimeMs: SILENCE_MS,
  },
]);
