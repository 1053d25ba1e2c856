import { isIP } from "node:net";
import type { Level } from "../../case.ts";
import { page } from "../answer-expectations.ts";
import { both } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { absentOrEmpty, absentOrZero, matching, packet, type VarRule } from "../packet-expectations.ts";
import { request } from "../template.ts";

const TABLE = "protocol/README.md section 3.5";
const SEEN = "Applications build pages, links and log lines from it.";

interface VarRow {
  readonly name: string;
  readonly rule: string;
  readonly vars: Readonly<Record<string, VarRule>>;
  readonly send?: string;
  readonly level?: Level;
  readonly why?: string;
}

const POST = request({ method: "POST", fields: "Content-Type: text/x-test⏎Content-Length: 3⏎", body: "abc" });

const VARS: readonly VarRow[] = [
  { name: "request-method", rule: "REQUEST_METHOD is the method", vars: { REQUEST_METHOD: "GET" } },
  {
    name: "request-method-put",
    rule: "REQUEST_METHOD is the method of any request",
    vars: { REQUEST_METHOD: "PUT" },
    send: request({ method: "PUT", fields: "Content-Length: 3⏎", body: "abc" }),
  },
  {
    name: "request-uri",
    rule: "REQUEST_URI is path and query as they were sent",
    vars: { REQUEST_URI: "{base}/{T}/a%20b?x=1&y=%20" },
    send: request({ path: "/a%20b?x=1&y=%20" }),
  },
  {
    name: "path-info",
    rule: "SCRIPT_NAME and PATH_INFO together are the path",
    vars: {
      PATH_INFO: (values, { arrivals, values: { base, tokens } }) => {
        const script = arrivals[0]?.values("SCRIPT_NAME")[0] ?? "";
        const due = `${base}/${tokens.T}/a`;
        const path = values[0] ?? "";
        return script + path === due || (path !== "" && due.endsWith(path) && base !== "")
          ? undefined
          : JSON.stringify(script + path);
      },
    },
    send: request({ path: "/a?b=c" }),
  },
  {
    name: "query-string",
    rule: "QUERY_STRING is what stands behind the question mark, as it was sent",
    vars: { QUERY_STRING: "x=1&y=%20+&z" },
    send: request({ path: "?x=1&y=%20+&z" }),
  },
  {
    name: "query-string-with-question-marks",
    rule: "Only the first question mark begins the query",
    vars: { QUERY_STRING: "a?b??" },
    send: request({ path: "?a?b??" }),
  },
  {
    name: "query-string-empty",
    level: "SHOULD",
    rule: "QUERY_STRING is there and empty when there is no query",
    vars: { QUERY_STRING: "" },
  },
  { name: "server-protocol", rule: "SERVER_PROTOCOL is HTTP/1.1", vars: { SERVER_PROTOCOL: "HTTP/1.1" } },
  {
    name: "server-name",
    level: "SHOULD",
    rule: "SERVER_NAME is there and not empty",
    vars: { SERVER_NAME: matching(/./) },
  },
  {
    name: "server-port",
    rule: "SERVER_PORT is a port in decimal digits",
    vars: { SERVER_PORT: matching(/^[1-9]\d{0,4}$/) },
  },
  {
    name: "remote-addr",
    rule: "REMOTE_ADDR is the address of the client, without a port",
    vars: {
      REMOTE_ADDR: ([address = "", ...more], { client }) => {
        if (more.length > 0 || isIP(address) === 0) return JSON.stringify([address, ...more]);
        return plain(address) === plain(client.address)
          ? undefined
          : `${address}, the client is ${client.address}`;
      },
    },
    why: "Access lists and limits go by it.",
  },
  {
    name: "remote-port",
    level: "SHOULD",
    rule: "REMOTE_PORT is the port of the client",
    vars: {
      REMOTE_PORT: ([port], { client }) =>
        port === String(client.port) ? undefined : `${port}, the client has ${client.port}`,
    },
  },
  {
    name: "request-scheme",
    level: "SHOULD",
    rule: "REQUEST_SCHEME says http",
    vars: { REQUEST_SCHEME: "http" },
  },
  {
    name: "https-absent",
    rule: "HTTPS is absent, or off, on a connection without TLS",
    vars: {
      HTTPS: (values) => (values.every((value) => value === "" || value === "off") ? undefined : "is on"),
    },
    why: "Applications would mark cookies and links as secure.",
  },
  {
    name: "content-type",
    rule: "CONTENT_TYPE is the type of the body",
    vars: { CONTENT_TYPE: "text/x-test" },
    send: POST,
  },
  {
    name: "content-type-absent",
    rule: "CONTENT_TYPE is absent or empty without one",
    vars: { CONTENT_TYPE: absentOrEmpty },
  },
  {
    name: "content-length",
    rule: "CONTENT_LENGTH is the length of the body",
    vars: { CONTENT_LENGTH: "3" },
    send: POST,
  },
  {
    name: "content-length-absent",
    rule: "CONTENT_LENGTH is absent, empty or 0 without a body",
    vars: { CONTENT_LENGTH: absentOrZero },
    why: "A worker would wait for bytes that never come.",
  },
  {
    name: "no-prefixed-length",
    level: "SHOULD",
    rule: "Content-Length becomes CONTENT_LENGTH, and not HTTP_CONTENT_LENGTH",
    vars: { HTTP_CONTENT_LENGTH: undefined },
    send: POST,
    why: "Two lengths can be made to differ.",
  },
  {
    name: "no-prefixed-type",
    level: "SHOULD",
    rule: "Content-Type becomes CONTENT_TYPE, and not HTTP_CONTENT_TYPE",
    vars: { HTTP_CONTENT_TYPE: undefined },
    send: POST,
  },
  {
    name: "authorization",
    rule: "Authorization is passed on",
    vars: { HTTP_AUTHORIZATION: "Basic dTpw" },
    send: request({ fields: "Authorization: Basic dTpw⏎" }),
  },
  {
    name: "cookie",
    rule: "Cookie is passed on as it is",
    vars: { HTTP_COOKIE: 'a=1; b="x, y"; c=' },
    send: request({ fields: 'Cookie: a=1; b="x, y"; c=⏎' }),
  },
];
/** Which vars a packet has and what they say. */
export const varCases: readonly FrontCase[] = frontCases(
  "vars",
  VARS.map(
    ({ name, rule, vars, send = request(), level = "MUST", why = SEEN }): FrontRow => ({
      name,
      level,
      rule,
      source: TABLE,
      why,
      send,
      allow: both(page(200), packet({ vars })),
    }),
  ),
);
/** An IPv4 address without the prefix that IPv6 sockets show it with. */
function plain(address: string): string {
  return address.replace(/^::ffff:/, "");
}
