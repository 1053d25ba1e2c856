import { PERSISTENCE } from "../../../src/codec/persistence.ts";
import type { Seeds } from "./input.ts";
import { PLACES } from "./tokens.ts";

const { T } = PLACES;
const BODY = `token ${T}!`;
const KEPT = `${PERSISTENCE.header}: 60\r\n`;
const LENGTH = `Content-Length: ${BODY.length}\r\n`;
const CHUNKS = `6\r\ntoken \r\n10;a=b\r\n${T}!\r\n0\r\n`;

/** Answers that every front passes on with their status. */
export const answerSeeds: Seeds = [
  latin1(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${LENGTH}\r\n${BODY}`),
  ...[
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}X-T: 1\r\n\r\n`,
    `HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n${BODY}`,
    `HTTP/1.0 404 Not Found\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n${BODY}`,
    `HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n`,
    `HTTP/1.1 200 OK\r\n${KEPT}${LENGTH}\r\n${BODY}`,
    `HTTP/1.1 200 OK\r\n${KEPT}Transfer-Encoding: chunked\r\n\r\n${CHUNKS}\r\n`,
  ].map(latin1),
];

/** The same, and answers that fronts differ about. */
export const allAnswerSeeds: Seeds = [
  ...answerSeeds,
  ...[
    `Status: 404 Not Found\r\nContent-Type: text/html\r\n\r\n${BODY}`,
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    `HTTP/1.1 200 OK\r\n${LENGTH}\r\n${BODY}HTTP/1.1 200 OK\r\n${LENGTH}\r\n${BODY}`,
    `HTTP/1.1 200 OK\r\n${KEPT}${LENGTH}\r\n${BODY}HTTP/1.1 200 OK\r\n${KEPT}${LENGTH}\r\n${BODY}`,
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
    PERSISTENCE.closeMark,
  ].map(latin1),
];

/** Put into answers whole. */
export const answerWords: readonly string[] = [
  "\r\n",
  "\r\n\r\n",
  "Content-Length: 5\r\n",
  "Content-Length: -1\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Transfer-Encoding: gzip, chunked\r\n",
  "0\r\n\r\n",
  "ffffffff\r\n",
  "HTTP/1.1 100 Continue\r\n\r\n",
  "HTTP/1.1 200 OK\r\n",
  "Connection: keep-alive\r\n",
  " \r\n",
  KEPT,
  PERSISTENCE.closeMark,
];

function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}
