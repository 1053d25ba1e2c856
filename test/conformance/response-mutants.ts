import type { Packet } from "../../src/codec/packet.ts";
import type { Mutant } from "./mutants.ts";

/** Workers that write responses wrongly. */
export const responseMutants: readonly Mutant[] = [
  {
    name: "chunks every body",
    caughtBy: ["response-framing/no-transfer-encoding", "response-framing/no-transfer-encoding-1-0"],
    mutation: { answer: changeResponse((head, body) => [chunkedHead(head), chunked(body)]) },
  },
  {
    name: "offers to keep the connection",
    caughtBy: ["response-framing/no-keep-alive"],
    mutation: { answer: changeHead((head) => `${head}\r\nConnection: keep-alive`) },
  },
  {
    name: "sends 100 Continue first",
    caughtBy: ["response-framing/one-head", "input/expect-continue"],
    mutation: {
      answer: (answer, packet) =>
        varOf(packet, "HTTP_EXPECT") === undefined
          ? answer
          : Buffer.concat([Buffer.from("HTTP/1.1 100 Continue\r\n\r\n"), answer]),
    },
  },
  {
    name: "echoes SERVER_PROTOCOL",
    caughtBy: [
      "response-framing/status-line-1-1",
      "response-framing/status-line-no-echo",
      "encoding/protocol-crlf",
    ],
    mutation: {
      answer: (answer, packet) => {
        const protocol = varOf(packet, "SERVER_PROTOCOL") ?? "HTTP/1.0";
        return Buffer.from(answer.toString("latin1").replace(/^HTTP\/1\.1/, protocol), "latin1");
      },
    },
  },
  {
    name: "speaks CGI",
    caughtBy: ["response-framing/status-line"],
    mutation: { answer: changeHead((head) => head.replace(/^HTTP\/1\.1 /, "Status: ")) },
  },
  {
    name: "ends lines in a bare LF",
    caughtBy: ["response-framing/lines-end-in-crlf"],
    mutation: { answer: changeResponse((head, body) => [head.replaceAll("\r\n", "\n"), body], "\n\n") },
  },
  {
    name: "writes field names in lower case",
    caughtBy: ["start-response/field-case"],
    mutation: { answer: changeHead((head) => head.replace(/\r\n[^:]+/g, (name) => name.toLowerCase())) },
  },
  {
    name: "joins repeated fields",
    caughtBy: ["start-response/fields-order"],
    mutation: {
      answer: changeHead((head) => head.replace(/(Set-Cookie: a=1)(.*)\r\nSet-Cookie: /s, "$1, $2")),
    },
  },
  {
    name: "adds a Date of its own",
    caughtBy: ["start-response/own-date-and-server"],
    mutation: { answer: changeHead((head) => `${head}\r\nDate: Thu, 01 Jan 1970 00:00:01 GMT`) },
  },
  {
    name: "gives its own reasons",
    caughtBy: ["start-response/status-404", "start-response/reason-custom"],
    mutation: { answer: changeHead((head) => head.replace(/^(HTTP\/1\.1 \d{3}) .*/, "$1 Reason")) },
  },
  {
    name: "loses the last byte of a body",
    caughtBy: ["response-framing/blocks", "input/read-all", "encoding/response-body-all-bytes"],
    mutation: { answer: changeResponse((head, body) => [head, body.subarray(0, -1)]) },
  },
  {
    name: "sends a body with 204 and 304",
    caughtBy: ["response-framing/204-empty", "response-framing/304-empty"],
    mutation: {
      answer: changeResponse((head, body) => [head, / (?:204|304) /.test(head) ? Buffer.from("x") : body]),
    },
  },
  {
    name: "is silent where an error page is due",
    caughtBy: ["errors/raise-500", "vars/no-method", "start-response/never-called"],
    mutation: {
      answer: (answer) => (/^HTTP\/1\.1 [45]/.test(answer.toString("latin1")) ? Buffer.alloc(0) : answer),
    },
  },
  {
    name: "says 200 where the application failed",
    caughtBy: [
      "errors/raise-started-no-page",
      "errors/returns-none-no-page",
      "start-response/field-crlf-500",
    ],
    mutation: {
      answer: (answer) =>
        answer.toString("latin1").startsWith("HTTP/1.1 500")
          ? Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
          : answer,
    },
  },
  {
    name: "decodes the body as text",
    caughtBy: ["encoding/response-body-all-bytes", "encoding/request-body-all-bytes"],
    mutation: { answer: (answer) => Buffer.from(answer.toString()) },
  },
];

/** The response with its head and body exchanged for others. */
function changeResponse(
  change: (head: string, body: Buffer) => readonly [head: string, body: Buffer],
  separator = "\r\n\r\n",
): (answer: Buffer) => Buffer {
  return (answer) => {
    const end = answer.indexOf("\r\n\r\n");
    if (end === -1) return answer;
    const [head, body] = change(answer.toString("latin1", 0, end), answer.subarray(end + 4));
    return Buffer.concat([Buffer.from(head + separator, "latin1"), body]);
  };
}

function changeHead(change: (head: string) => string): (answer: Buffer) => Buffer {
  return changeResponse((head, body) => [change(head), body]);
}

function chunkedHead(head: string): string {
  return `${head.replace(/\r\nContent-Length: \d+/, "")}\r\nTransfer-Encoding: chunked`;
}

function chunked(body: Buffer): Buffer {
  const size = `${body.length.toString(16)}\r\n`;
  return Buffer.concat([Buffer.from(size), body, Buffer.from("\r\n0\r\n\r\n")]);
}

function varOf(packet: Packet | undefined, name: string): string | undefined {
  return packet?.vars.find(([key]) => key === name)?.[1];
}
