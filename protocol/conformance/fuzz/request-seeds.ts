import { authorityOf, type FrontAddress } from "../front/http-connection.ts";
import type { Seeds } from "./input.ts";
import { PLACES } from "./tokens.ts";

const { T, S } = PLACES;

/** Requests to start from; a front answers each of them. */
export function requestSeeds(front: FrontAddress): Seeds {
  const host = `Host: ${authorityOf(front)}\r\n`;
  const at = (token: string): string => `${front.base}/${token}`;
  const hidden = `GET ${at(S)} HTTP/1.1\r\n${host}\r\n`;
  const chunk = (data: string): string => `${data.length.toString(16)}\r\n${data}\r\n`;
  const others = [
    `GET ${at(T)}/a%20b?q=1&r=%2e HTTP/1.1\r\n${host}Cookie: a=1\r\nAccept: */*\r\nX-A: 1\r\nX-A: 2\r\n\r\n`,
    `POST ${at(T)} HTTP/1.1\r\n${host}Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello`,
    `POST ${at(T)} HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n${chunk("hello")}${chunk("you")}0\r\n\r\n`,
    `HEAD ${at(T)} HTTP/1.1\r\n${host}\r\n`,
    `GET ${at(T)} HTTP/1.1\r\n${host}\r\n${hidden}`,
    `POST ${at(T)} HTTP/1.1\r\n${host}Content-Length: ${hidden.length}\r\n\r\n${hidden}`,
    `POST ${at(T)} HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n${chunk(hidden)}0\r\n\r\n`,
    `POST ${at(T)} HTTP/1.1\r\n${host}Content-Length: 5\r\n\r\nhello${hidden}`,
    `PUT ${at(T)} HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello`,
    `GET http://${authorityOf(front)}${at(T)} HTTP/1.1\r\n${host}\r\n`,
    `DELETE ${at(T)} HTTP/1.1\r\n${host}X-Forwarded-For: 10.0.0.1\r\nProxy: x\r\nX_A: 1\r\n\r\n`,
  ];
  return [
    Buffer.from(`GET ${at(T)} HTTP/1.1\r\n${host}\r\n`, "latin1"),
    ...others.map((text) => Buffer.from(text, "latin1")),
  ];
}

/** Put into requests whole. */
export const requestWords: readonly string[] = [
  "\r\n",
  "\r\n\r\n",
  "\n",
  "Content-Length: 5\r\n",
  "Content-Length: 0\r\n",
  "Content-Length: +5\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Transfer-Encoding:\tchunked\r\n",
  "Transfer-Encoding: x\r\n",
  "Transfer-Encoding : chunked\r\n",
  "0\r\n\r\n",
  "ffffffffffffffff\r\n",
  "Connection: close\r\n",
  "Connection: keep-alive, Content-Length\r\n",
  "Upgrade: websocket\r\n",
  "Expect: 100-continue\r\n",
  "Host: b.test\r\n",
  "HTTP/1.0",
  "/../",
  "%00",
  " ",
];
