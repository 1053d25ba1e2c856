import { get, getTarget, HOST, type HttpCase, type HttpCases, post, refused, served } from "./http-case.ts";

/** A request line of so many bytes, without its line end. */
function lineOf(bytes: number): HttpCase["send"] {
  return getTarget(uriOf(bytes));
}

function uriOf(lineBytes: number): string {
  return `/${"a".repeat(lineBytes - "GET / HTTP/1.1".length)}`;
}

/** A field of so many bytes, without its line end. */
function fieldOf(bytes: number, name = "X-A"): string {
  return `${name}: ${"a".repeat(bytes - name.length - 2)}\r\n`;
}

/** A head of so many bytes, the empty line at its end among them. */
function headOf(bytes: number): string {
  const large = fieldOf(7000, "X-Large") + fieldOf(7000, "X-Larger");
  return get(large + fieldOf(bytes - get(large).length - 2));
}

function fields(count: number): string {
  return Array.from({ length: count }, (_, index) => `X-${index}: 1\r\n`).join("");
}

const many = (count: number, last: string): string => `${HOST}${"a:\r\n".repeat(count)}${last}\r\n`;

const HEADS: readonly HttpCase[] = [
  served("a request line of 8190 bytes", lineOf(8190), { uri: uriOf(8190) }),
  refused("a request line of 8191 bytes", 414, lineOf(8191)),
  refused("an absolute target of 8192 bytes", 414, getTarget(`http://a.test/${"a".repeat(8178)}`)),
  refused("a target of 70 000 bytes", 431, getTarget(`/${"a".repeat(70_000)}`)),
  served("a field of 8190 bytes", get(fieldOf(8190)), { vars: { HTTP_X_A: "a".repeat(8185) } }),
  refused("a field of 8191 bytes", 431, get(fieldOf(8191))),
  refused("a field of 8.7 KB", 431, get(`X-A: ${"a".repeat(8700)}\r\n`)),
  refused("a field of 16.5 KB", 431, get(`X-A: ${"a".repeat(16_500)}\r\n`)),
  served("a head of 16 384 bytes", headOf(16_384)),
  refused("a head of 16 385 bytes", 431, headOf(16_385)),
];

const COUNTS: readonly HttpCase[] = [
  served("100 fields", get(fields(99)), { vars: { HTTP_X_98: "1" } }),
  refused("101 fields", 431, get(fields(100))),
  refused("102 fields", 431, get(fields(101))),
  refused("2500 fields and a length", 431, `POST /x HTTP/1.1\r\n${many(2500, "Content-Length: 3\r\n")}abc`),
  refused("2500 fields and another one", 431, `GET /x HTTP/1.1\r\n${many(2500, "X-Last: 1\r\n")}`),
  refused(
    "2500 fields and chunks",
    431,
    `POST /x HTTP/1.1\r\n${many(2500, "Transfer-Encoding: chunked\r\n")}3\r\nabc\r\n0\r\n\r\n`,
  ),
  refused("1999 fields", 431, `GET /x HTTP/1.1\r\n${many(1997, "X-Last: 1\r\n")}`),
  refused("2001 fields", 431, `GET /x HTTP/1.1\r\n${many(1999, "X-Last: 1\r\n")}`),
];

const BODIES: readonly HttpCase[] = [
  refused("a length above the limit, before any byte of it", 413, post("Content-Length: 67108865\r\n", "")),
];

/** How large a request may be. */
export const SIZE_CASES: HttpCases = { Heads: HEADS, "Numbers of fields": COUNTS, Bodies: BODIES };
