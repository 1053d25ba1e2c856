import type { Packet } from "../../src/codec/packet.ts";
import type { HttpFaults, WorkerFaults } from "./front-relays.ts";

/** A front with one fault: ours, with a relay on one side or on both. */
export interface WrongFront {
  readonly does: string;
  readonly before?: HttpFaults;
  readonly behind?: WorkerFaults;
  /** Cases that must fail. */
  readonly caughtBy: readonly string[];
}

type Vars = Packet["vars"];

function vars(change: (vars: Vars) => Vars): WorkerFaults {
  return { packet: (packet) => ({ ...packet, vars: change(packet.vars) }) };
}

function value(name: string, change: (value: string, all: Vars) => string): WorkerFaults {
  return vars((all) => all.map(([key, text]) => [key, key === name ? change(text, all) : text]));
}

const varOf = (all: Vars, name: string): string => all.find(([key]) => key === name)?.[1] ?? "";

const inVars: readonly WrongFront[] = [
  {
    does: "leaves QUERY_STRING out",
    behind: vars((all) => all.filter(([name]) => name !== "QUERY_STRING")),
    caughtBy: ["vars/query-string", "vars/query-string-empty"],
  },
  {
    does: "does not decode PATH_INFO",
    behind: value("PATH_INFO", (_, all) => varOf(all, "REQUEST_URI").replace(/\?.*/s, "")),
    caughtBy: ["decoding/space", "decoding/utf-8"],
  },
  {
    does: "decodes PATH_INFO twice",
    behind: value("PATH_INFO", (path) => path.replaceAll("%25", "%")),
    caughtBy: ["decoding/percent"],
  },
  {
    does: "sends each var twice",
    behind: vars((all) => all.flatMap((pair) => [pair, pair])),
    caughtBy: ["packet/each-name-once"],
  },
  {
    does: "says its own address for the client's",
    behind: value("REMOTE_ADDR", () => "10.0.0.1"),
    caughtBy: ["vars/remote-addr"],
  },
  {
    does: "joins cookies with a comma",
    behind: value("HTTP_COOKIE", (cookies) => cookies.replaceAll("; ", ", ")),
    caughtBy: ["duplicates/cookie-with-semicolons", "vars/cookie"],
  },
  {
    does: "cuts long values",
    behind: vars((all) => all.map(([name, text]) => [name, text.slice(0, 4000)])),
    caughtBy: ["sizes/field-of-8000-bytes", "sizes/target-of-7900-bytes"],
  },
  {
    does: "sends another modifier",
    behind: { packet: (packet) => ({ ...packet, modifier1: 5 }) },
    caughtBy: ["packet/modifiers-zero"],
  },
  {
    does: "passes Proxy on",
    before: { request: (text) => text.replace("\r\nProxy:", "\r\nX-Was-Proxy:") },
    behind: vars((all) => all.map(([name, text]) => [name.replace("HTTP_X_WAS_PROXY", "HTTP_PROXY"), text])),
    caughtBy: ["header-names/proxy"],
  },
  {
    does: "takes underscores for hyphens",
    before: { request: (text) => text.replace(/^\w+(?=:)/gm, (name) => name.replaceAll("_", "-")) },
    caughtBy: ["header-names/underscore", "header-names/underscore-twin"],
  },
];

const inBodies: readonly WrongFront[] = [
  {
    does: "sends a byte behind the body",
    behind: { body: (text) => `${text}x` },
    caughtBy: ["body/three-bytes", "vars/request-method"],
  },
  {
    does: "changes line ends in a body",
    behind: { body: (text) => text.replaceAll("\n", "\r") },
    caughtBy: ["body/every-byte"],
  },
  {
    does: "closes its sending side behind the request",
    behind: { halfCloses: true },
    caughtBy: ["packet/stays-open"],
  },
  {
    does: "sends a request twice",
    behind: { sendsTwice: true },
    caughtBy: ["resets/before-any-byte-to-post", "body/three-bytes"],
  },
  {
    does: "believes the length when there are chunks too",
    before: {
      request: (text) =>
        text.replace(
          /Transfer-Encoding: chunked\r\n(?=Content-Length)|(?<=Content-Length: 6\r\n)Transfer-Encoding: chunked\r\n/,
          "",
        ),
    },
    caughtBy: ["smuggling/length-and-chunked", "smuggling/chunked-and-length"],
  },
  {
    does: "takes the first of two lengths",
    before: { request: (text) => text.replace(/(Content-Length: \d+\r\n)Content-Length: \d+\r\n/, "$1") },
    caughtBy: ["smuggling/two-lengths"],
  },
  {
    does: "takes the first of two hosts",
    before: { request: (text) => text.replace(/(Host: .*\r\n)Host: .*\r\n/, "$1") },
    caughtBy: ["host/twice-different", "host/twice-equal"],
  },
];

/** Puts every tenth answer in place of the one behind it. */
function mixed(): HttpFaults {
  let count = 0;
  let kept = "";
  return {
    answer: (text) => {
      count += 1;
      if (count % 10 === 9) kept = text;
      return count % 10 === 0 ? kept : text;
    },
  };
}

const inAnswers: readonly WrongFront[] = [
  {
    does: "takes a short body for whole",
    behind: { answer: (text) => text.replace(/Content-Length: \d+\r\n/, "") },
    caughtBy: ["truncation/inside-a-length", "truncation/one-byte-short"],
  },
  {
    does: "does not decode chunks",
    behind: { answer: (text) => text.replace(/Transfer-Encoding: chunked\r\n/i, "") },
    caughtBy: ["response-chunks/one-chunk", "truncation/before-the-last-chunk", "surplus/behind-last-chunk"],
  },
  {
    does: "takes 1xx for an answer",
    behind: { answer: (text) => text.replace(/^HTTP\/1\.1 1\d\d/, "HTTP/1.1 200") },
    caughtBy: ["interim/continue", "interim/early-hints", "interim/as-final"],
  },
  {
    does: "waits for the end of a short body for ever",
    before: { answer: (text) => text, keepsOpen: true },
    caughtBy: ["truncation/inside-a-length-with-pause", "reuse/close-asked-for"],
  },
  {
    does: "passes surplus bytes on",
    before: { answer: (text) => `${text}surplus` },
    caughtBy: ["surplus/behind-length", "reuse/http-1.1"],
  },
  {
    does: "sends a body to HEAD",
    before: { answer: (text, request) => (request.startsWith("HEAD ") ? `${text}body` : text) },
    caughtBy: ["bodyless/head", "bodyless/head-with-body"],
  },
  {
    does: "says a length in 204",
    before: { answer: (text) => text.replace(/^(HTTP\/1\.1 204 .*\r\n)/, "$1Content-Length: 3\r\n") },
    caughtBy: ["bodyless/no-content-with-length-best"],
  },
  {
    does: "closes without a word when the worker failed",
    before: { answer: (text) => (text.startsWith("HTTP/1.1 502") ? undefined : text) },
    caughtBy: ["truncation/no-byte", "resets/before-any-byte"],
  },
  {
    does: "joins cookies of the answer",
    before: {
      answer: (text) =>
        text.replace(/\r\nSet-Cookie: /g, (_, at: number) =>
          text.indexOf("\r\nSet-Cookie: ") === at ? "\r\nSet-Cookie: " : ", ",
        ),
    },
    caughtBy: ["response-fields/three-cookies"],
  },
  {
    does: "gives an answer to somebody else",
    before: mixed(),
    caughtBy: ["vars/*"],
  },
];

/** Every one of them is caught by name. */
export const wrongFronts: readonly WrongFront[] = [...inVars, ...inBodies, ...inAnswers];
