import type { Level } from "../../case.ts";
import { page } from "../answer-expectations.ts";
import { both, that } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { noVar } from "../packet-expectations.ts";
import { request } from "../template.ts";

const rows: readonly FrontRow[] = [
  packetRow("modifiers-zero", "A request has both modifiers 0 unless something else was configured", {
    text: "modifier1 and modifier2 of 0",
    level: "SHOULD",
    check: ({ modifier1, modifier2 }) =>
      modifier1 === 0 && modifier2 === 0 ? undefined : `${modifier1} and ${modifier2}`,
  }),
  packetRow("no-empty-names", "No var has an empty name", {
    text: "names that are not empty",
    check: ({ vars }) => (vars.some(([name]) => name === "") ? "an empty name" : undefined),
  }),
  packetRow("each-name-once", "Each var is there once", {
    text: "no var twice",
    check: ({ vars }) => {
      const names = vars.map(([name]) => name);
      const twice = names.find((name, index) => names.indexOf(name) !== index);
      return twice === undefined ? undefined : `${twice} is there twice`;
    },
  }),
  {
    name: "no-magic-vars",
    rule: "No var tells uWSGI to load something",
    source: "protocol/README.md section 11",
    why: "uWSGI obeys UWSGI_FILE and its like.",
    send: request(),
    allow: both(
      page(200),
      noVar("named UWSGI_ but UWSGI_ROUTER", (name) => name.startsWith("UWSGI_") && name !== "UWSGI_ROUTER"),
    ),
  },
  {
    name: "stays-open",
    rule: "The front keeps its sending side open until it has the answer",
    source: "protocol/README.md section 4.2",
    why: "Routers take a half-closed connection for a client that left, and the answer is lost.",
    send: request(),
    script: [
      { type: "body" },
      { type: "pause", ms: 100 },
      { type: "send", text: "HTTP/1.1 200 OK⏎Content-Length: 15⏎⏎{T}" },
      { type: "pause", ms: 20 },
      { type: "fin" },
    ],
    allow: both(
      page(200),
      that("an open connection while the worker works", ({ arrivals }) =>
        arrivals[0]?.endedBeforeAnswer ? "the front closed its sending side before the answer" : undefined,
      ),
    ),
  },
];
/** The packet as a whole. */
export const packetCases: readonly FrontCase[] = frontCases("packet", rows);

interface PacketCheck {
  readonly text: string;
  readonly level?: Level;
  check(packet: {
    readonly modifier1: number;
    readonly modifier2: number;
    readonly vars: readonly (readonly [string, string])[];
  }): string | undefined;
}

function packetRow(name: string, rule: string, { text, level = "MUST", check }: PacketCheck): FrontRow {
  const expectation = that(`a packet with ${text}`, ({ arrivals }) => {
    const [arrival] = arrivals;
    return arrival?.packet ? check(arrival.packet) : "no packet";
  });
  return {
    name,
    level,
    rule,
    source: "protocol/README.md section 3.1",
    why: "Servers refuse such a packet, or choose one of two meanings.",
    send: request({ fields: "X-A: 1⏎Cookie: a=1⏎" }),
    allow: both(page(200), expectation),
  };
}
