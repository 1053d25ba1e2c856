import { dropped, page, refused } from "../answer-expectations.ts";
import { both, type Expectation, either } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { packet, type VarRule } from "../packet-expectations.ts";
import { request } from "../template.ts";

const LIMITS = "protocol/README.md section 7";
const WRAP = "protocol/README.md section 11";
const LOST = "A front that cuts a request short asks for something else.";
const SMUGGLED =
  "A length that wraps ends the vars early, and the rest is read as a body or as the next packet.";

/** An error of the front, or the end of the connection: too large is too large. */
const tooLarge: Expectation = either(refused(400, 413, 414, 431, 494, 500, 502, 503), dropped);
/** The same, with a status that says so. */
const saidTooLarge: Expectation = refused(413, 414, 431, 494);

const ofSize =
  (bytes: number): VarRule =>
  ([value = ""]) =>
    value.length === bytes ? undefined : `${value.length} bytes instead of ${bytes}`;

function fields(count: number, valueBytes: number): string {
  return Array.from({ length: count }, (_, index) => `X-Size-${index}: ${"v".repeat(valueBytes)}⏎`).join("");
}

function allFields(count: number, valueBytes: number): Readonly<Record<string, VarRule>> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`HTTP_X_SIZE_${index}`, ofSize(valueBytes)]),
  );
}

interface FieldsRow {
  readonly name: string;
  readonly count: number;
  readonly valueBytes: number;
  readonly rule: string;
}

/** Requests that some fronts serve and some refuse; who serves them passes on all of it. */
const FIELDS: readonly FieldsRow[] = [
  { name: "field-of-1000-bytes", count: 1, valueBytes: 1000, rule: "A field of 1000 bytes arrives whole" },
  {
    name: "field-of-8000-bytes",
    count: 1,
    valueBytes: 8000,
    rule: "A field of 8000 bytes arrives whole, or is refused",
  },
  {
    name: "field-of-20000-bytes",
    count: 1,
    valueBytes: 20_000,
    rule: "A field of 20 000 bytes arrives whole, or is refused",
  },
  {
    name: "fields-of-12000-bytes",
    count: 12,
    valueBytes: 1000,
    rule: "A head of 12 000 bytes arrives whole, or is refused",
  },
  {
    name: "fields-of-30000-bytes",
    count: 30,
    valueBytes: 1000,
    rule: "A head of 30 000 bytes arrives whole, or is refused",
  },
  {
    name: "fields-of-60000-bytes",
    count: 60,
    valueBytes: 1000,
    rule: "A head of 60 000 bytes arrives whole, or is refused",
  },
  { name: "fifty-fields", count: 50, valueBytes: 5, rule: "50 fields all arrive" },
  { name: "hundred-fields", count: 90, valueBytes: 5, rule: "90 fields all arrive, or are refused" },
  { name: "thousand-fields", count: 1000, valueBytes: 2, rule: "1000 fields all arrive, or are refused" },
];

const many = 2500;

const rows: readonly FrontRow[] = [
  ...FIELDS.map(({ name, count, valueBytes, rule }): FrontRow => {
    const whole = both(page(200), packet({ vars: allFields(count, valueBytes) }));
    return {
      name,
      rule,
      source: LIMITS,
      why: LOST,
      send: request({ fields: fields(count, valueBytes) }),
      allow: valueBytes * count <= 1000 ? whole : either(whole, tooLarge),
    };
  }),
  {
    name: "vars-past-65535",
    rule: "A request whose vars do not fit into 65 535 bytes is refused",
    source: WRAP,
    why: SMUGGLED,
    send: request({ fields: fields(70, 1000) }),
    allow: tooLarge,
  },
  {
    name: "vars-past-65535-in-one-field",
    rule: "A field that does not fit into 65 535 bytes is refused",
    source: WRAP,
    why: SMUGGLED,
    send: request({ fields: fields(1, 66_000) }),
    allow: tooLarge,
  },
  {
    name: "vars-past-65535-with-body",
    rule: "A request with too many vars is refused with its body",
    source: WRAP,
    why: SMUGGLED,
    send: request({ method: "POST", fields: `${fields(70, 1000)}Content-Length: 3⏎`, body: "abc" }),
    allow: tooLarge,
  },
  {
    name: "vars-past-65535-said",
    level: "SHOULD",
    rule: "A request that is too large is answered with a status that says so",
    source: "RFC 6585 section 5",
    why: "The client can not know what to change.",
    send: request({ fields: fields(70, 1000) }),
    stopsAtAnswer: true,
    allow: either(saidTooLarge, refused(400)),
  },
  {
    name: "target-of-7900-bytes",
    rule: "A target of 7900 bytes arrives whole, or is refused",
    source: LIMITS,
    why: LOST,
    send: request({ path: `/${"a".repeat(7900)}` }),
    allow: either(
      both(page(200), packet({ vars: { REQUEST_URI: `{base}/{T}/${"a".repeat(7900)}` } })),
      tooLarge,
    ),
  },
  {
    name: "target-of-7900-bytes-served",
    level: "SHOULD",
    rule: "A target of 7900 bytes is served",
    source: "RFC 9112 section 3",
    why: "8000 bytes are what clients may count on.",
    send: request({ path: `/${"a".repeat(7900)}` }),
    allow: page(200),
  },
  {
    name: "target-of-70000-bytes",
    rule: "A target that does not fit into the vars is refused",
    source: WRAP,
    why: SMUGGLED,
    send: request({ path: `/${"a".repeat(70_000)}` }),
    allow: tooLarge,
    best: either(saidTooLarge, refused(400)),
  },
  {
    name: "query-of-4000-bytes",
    rule: "A query of 4000 bytes arrives whole",
    source: LIMITS,
    why: LOST,
    send: request({ path: `?q=${"b".repeat(4000)}` }),
    allow: both(page(200), packet({ vars: { QUERY_STRING: `q=${"b".repeat(4000)}` } })),
  },
  ...["Content-Length: 3⏎", "X-Last: 1⏎"].map((last, index): FrontRow => {
    const isLength = index === 0;
    return {
      name: isLength ? "many-fields-then-length" : "many-fields-then-one",
      rule: "Fields past a limit are refused, never left out",
      source: LIMITS,
      why: "The last field may be the one that frames the body.",
      send: request({
        method: isLength ? "POST" : "GET",
        fields: `${"a:⏎".repeat(many)}${last}`,
        body: isLength ? "abc" : "",
      }),
      methods: [isLength ? "POST" : "GET"],
      allow: either(
        isLength
          ? both(page(200), packet({ vars: { CONTENT_LENGTH: "3" }, body: "abc" }))
          : both(page(200), packet({ vars: { HTTP_X_LAST: "1" } })),
        tooLarge,
      ),
    };
  }),
  {
    name: "length-past-2-63",
    rule: "A length of 2^63 is refused at once",
    source: "RFC 9112 section 6.3",
    why: "Nobody sends so much; waiting for it holds a connection for ever.",
    send: request({ method: "POST", fields: "Content-Length: 9223372036854775808⏎", body: "abc" }),
    allow: either(refused(400, 413), dropped),
  },
  {
    name: "length-past-2-64",
    rule: "A length that does not fit 64 bits is refused, and is no small one",
    source: "RFC 9112 section 6.3",
    why: "2^64 + 3 that wraps is 3, and the rest is the next request.",
    send: request({ method: "POST", fields: "Content-Length: 18446744073709551619⏎", body: "abc" }),
    allow: either(refused(400, 413), dropped),
  },
];

/** Small and large requests, up to and past what a packet holds. */
export const sizeCases: readonly FrontCase[] = frontCases("sizes", rows);
