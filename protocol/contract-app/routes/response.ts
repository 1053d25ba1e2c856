import { bytes, plain, type Route, type StartResponse, TEXT } from "../contract.ts";
import { CountedBody, countersOf } from "../counters.ts";

/** A route that answers with these, and nothing more. */
function fixed(status: string, fields: readonly (readonly [string, string])[], ...blocks: string[]): Route {
  return (_environ, startResponse) => {
    startResponse(status, fields);
    return blocks.map(bytes);
  };
}

/** The same, a block at a time from a generator. */
function generated(
  status: string,
  fields: readonly (readonly [string, string])[],
  ...blocks: string[]
): Route {
  return (_environ, startResponse) => {
    startResponse(status, fields);
    return (function* () {
      for (const block of blocks) yield bytes(block);
    })();
  };
}

const ALL_BYTES = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code));
const MANY_FIELDS = Array.from({ length: 200 }, (_, number): [string, string] => [
  `X-H${number}`,
  String(number),
]);
const LENGTH_5: readonly [string, string] = ["Content-Length", "5"];

/** Routes whose response is right, in every shape a response can have. */
export const responseRoutes: Readonly<Record<string, Route>> = {
  status: (_environ, startResponse, code) => {
    startResponse(`${code} Some Reason`, [TEXT]);
    return [bytes("status")];
  },
  "reason-custom": fixed("299 Very Custom Reason", [TEXT], "x"),
  "reason-latin1": fixed("200 Caf\xe9", [TEXT], "x"),
  cookies: fixed("200 OK", [TEXT, ["Set-Cookie", "a=1"], ["X-Mid", "m"], ["Set-Cookie", "b=2"]], "x"),
  "field-case": fixed("200 OK", [TEXT, ["x-LoWeR-CaSe", "V"]], "x"),
  "field-latin1": fixed("200 OK", [TEXT, ["X-L", "caf\xe9"]], "x"),
  "field-empty": fixed("200 OK", [TEXT, ["X-Empty", ""]], "x"),
  "field-tab": fixed("200 OK", [TEXT, ["X-Tab", "a\tb"]], "x"),
  "field-long": fixed("200 OK", [TEXT, ["X-Big", "v".repeat(6000)]], "x"),
  "field-underscore": fixed("200 OK", [TEXT, ["X_Under_Score", "u"]], "x"),
  "field-colon": fixed("200 OK", [TEXT, ["X-Colon", "a: b, c"]], "x"),
  "fields-many": fixed("200 OK", [TEXT, ...MANY_FIELDS], "x"),
  "own-date": fixed("200 OK", [TEXT, ["Date", "Thu, 01 Jan 1970 00:00:00 GMT"], ["Server", "contract"]], "x"),
  bytes: fixed("200 OK", [["Content-Type", "application/octet-stream"]], `${ALL_BYTES}\r\n\n\r`),
  blocks: generated("200 OK", [TEXT], "a", "", "b", "c"),
  "blocks-empty": fixed("200 OK", [TEXT], "", ""),
  "blocks-none": fixed("200 OK", [TEXT]),
  "blocks-many": generated("200 OK", [TEXT], ...Array.from({ length: 1000 }, (_, number) => `${number},`)),
  "blocks-set": (_environ, startResponse) => {
    startResponse("200 OK", [TEXT]);
    return new Set([bytes("a"), bytes("b")]);
  },
  large: generated("200 OK", [TEXT], ...Array.from({ length: 64 }, () => "A".repeat(65_536))),
  "large-block": fixed("200 OK", [TEXT], "B".repeat(3_000_000)),
  write: (_environ, startResponse) => written(startResponse, ["one", "two"], ["three"]),
  "write-only": (_environ, startResponse) => written(startResponse, ["solo"], []),
  "write-empty": (_environ, startResponse) => written(startResponse, [""], ["tail"]),
  sized: fixed("200 OK", [TEXT, LENGTH_5], "hello"),
  "sized-blocks": generated("200 OK", [TEXT, LENGTH_5], "he", "llo"),
  "sized-zero": fixed("200 OK", [TEXT, ["Content-Length", "0"]]),
  "length-twice": fixed("200 OK", [TEXT, LENGTH_5, LENGTH_5], "hello"),
  "no-content": fixed("204 No Content", []),
  "no-content-body": fixed("204 No Content", [["Content-Length", "4"]], "body"),
  "not-modified": fixed("304 Not Modified", [["ETag", '"tag"']]),
  "not-modified-body": fixed("304 Not Modified", [["ETag", '"tag"']], "body"),
  redirect: fixed("302 Found", [["Location", "/a%20b?c=d#e"]]),

  closing: (_environ, startResponse, token) => {
    startResponse("200 OK", [TEXT]);
    return new CountedBody(token, () => [bytes("a"), bytes("b")]);
  },
  "closing-sized": (_environ, startResponse, token) => {
    startResponse("200 OK", [TEXT, ["Content-Length", "2"]]);
    return new CountedBody(token, () => [bytes("a"), bytes("b")]);
  },
  file: (environ, startResponse) => {
    startResponse("200 OK", [TEXT]);
    return wrapped(environ["wsgi.file_wrapper"], linesFile(0));
  },
  "file-sized": (environ, startResponse) => {
    startResponse("200 OK", [TEXT, ["Content-Length", String(FILE.length)]]);
    return wrapped(environ["wsgi.file_wrapper"], linesFile(0));
  },
  "file-offset": (environ, startResponse) => {
    startResponse("200 OK", [TEXT]);
    return wrapped(environ["wsgi.file_wrapper"], linesFile(32_760));
  },
  "file-closing": (environ, startResponse, token) => {
    startResponse("200 OK", [TEXT]);
    const close = (): void => {
      countersOf(token).closes += 1;
    };
    return wrapped(environ["wsgi.file_wrapper"], { ...linesFile(32_760), close });
  },
  "file-unused": (environ, startResponse) => {
    wrapped(environ["wsgi.file_wrapper"], linesFile(0));
    return plain(startResponse, "unused");
  },
};

async function written(
  startResponse: StartResponse,
  first: readonly string[],
  rest: readonly string[],
): Promise<Uint8Array[]> {
  const write = startResponse("200 OK", [TEXT]);
  for (const block of first) await write(bytes(block));
  return rest.map(bytes);
}

/** Lines of eight bytes, 32 768 bytes in all. */
const FILE = Array.from({ length: 4096 }, (_, number) => `${String(number).padStart(7, "0")}\n`).join("");

interface File {
  read(size: number): Uint8Array;
  close?(): void;
}

function linesFile(offset: number): File {
  let position = offset;
  return {
    read: (size) => {
      const block = FILE.slice(position, position + size);
      position += block.length;
      return bytes(block);
    },
  };
}

function wrapped(wrapper: unknown, file: File): Iterable<Uint8Array> {
  return (wrapper as (file: File, size: number) => Iterable<Uint8Array>)(file, 4096);
}
