import { dropped, page, refused } from "../answer-expectations.ts";
import { both, either } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { packet } from "../packet-expectations.ts";

const SOURCE = "RFC 9112 section 3.2";
const WHY =
  "The host decides about routes, caches and links: a value two programs read differently poisons all three.";

interface HostRow {
  readonly name: string;
  /** The lines of the head. */
  readonly fields: string;
  readonly rule: string;
  readonly version?: string;
}

const INVALID: readonly HostRow[] = [
  { name: "missing", fields: "", rule: "HTTP/1.1 without Host is refused" },
  {
    name: "twice-equal",
    fields: "Host: {host}⏎Host: {host}⏎",
    rule: "Two Host fields are refused, equal ones too",
  },
  { name: "twice-different", fields: "Host: {host}⏎Host: b.test⏎", rule: "Two Host fields are refused" },
  {
    name: "twice-in-http-1.0",
    fields: "Host: {host}⏎Host: b.test⏎",
    version: "HTTP/1.0",
    rule: "Two Host fields are refused in HTTP/1.0 too",
  },
  { name: "with-space", fields: "Host: a b⏎", rule: "A space in Host is refused" },
  { name: "with-tab", fields: "Host: a\tb⏎", rule: "A tab in Host is refused" },
  { name: "with-slash", fields: "Host: {host}/x⏎", rule: "A slash in Host is refused" },
  { name: "with-user", fields: "Host: u@{host}⏎", rule: "A user name in Host is refused" },
  { name: "as-list", fields: "Host: {host}, b.test⏎", rule: "A list in Host is refused" },
  { name: "with-letters-as-port", fields: "Host: a.test:80x⏎", rule: "A port that is no number is refused" },
  { name: "as-dots", fields: "Host: ../../etc⏎", rule: "A path in Host is refused" },
  { name: "with-space-before-colon", fields: "Host : {host}⏎", rule: "A space before the colon is refused" },
];

const rows: readonly FrontRow[] = [
  ...INVALID.map(
    ({ name, fields, rule, version = "HTTP/1.1" }): FrontRow => ({
      name,
      rule,
      source: SOURCE,
      why: WHY,
      send: `GET {base}/{T} ${version}⏎${fields}⏎`,
      allow: either(refused(400), dropped),
    }),
  ),
  {
    name: "empty",
    level: "SHOULD",
    rule: "An empty Host is refused: an http URL always has a host",
    source: "RFC 9110 section 4.2.1",
    why: WHY,
    send: "GET {base}/{T} HTTP/1.1⏎Host:⏎⏎",
    allow: refused(400),
  },
  {
    name: "with-percent-zero",
    level: "SHOULD",
    rule: "A percent escape in Host is refused",
    source: SOURCE,
    why: WHY,
    send: "GET {base}/{T} HTTP/1.1⏎Host: a%00b⏎⏎",
    allow: refused(400),
  },
  {
    name: "as-sent",
    level: "SHOULD",
    rule: "HTTP_HOST is Host, port included",
    source: "protocol/README.md section 3.5",
    why: "Applications build their links from it.",
    send: "GET {base}/{T} HTTP/1.1⏎Host: {host}⏎⏎",
    allow: both(page(200), packet({ vars: { HTTP_HOST: "{host}" } })),
  },
  {
    name: "name-in-any-case",
    rule: "The name Host is read in any case",
    source: "RFC 9110 section 5.1",
    why: "Field names are case-insensitive.",
    send: "GET {base}/{T} HTTP/1.1⏎hOST: {host}⏎⏎",
    allow: page(200),
  },
];

/** The Host field. */
export const hostCases: readonly FrontCase[] = frontCases("host", rows);
