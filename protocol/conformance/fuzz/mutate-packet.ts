import { encodePacket } from "../../../src/codec/packet-encoder.ts";
import type { Vars } from "../../../src/codec/vars.ts";
import type { Drawing } from "./drawing.ts";
import { mutate } from "./mutate.ts";
import { type ReadPacket, readPacket } from "./packet-reductions.ts";

type Pair = Vars[number];

const MAX_LENGTH = 0xffff;

/** Values that servers read as something else than they are. */
const VALUES = [
  "",
  "0",
  "-1",
  "+5",
  "5 ",
  "0x5",
  "5,5",
  "99999999999999999999",
  "chunked",
  "close",
  "100-continue",
  "/../",
  "a\r\nb: c",
  "\x00",
  "HTTP/0.9",
  "x".repeat(5000),
] as const;

const NAMES = [
  "CONTENT_LENGTH",
  "HTTP_CONTENT_LENGTH",
  "HTTP_TRANSFER_ENCODING",
  "HTTP_CONNECTION",
  "HTTP_UPGRADE",
  "SCRIPT_NAME",
  "PATH_INFO",
  "REQUEST_METHOD",
  "SERVER_PROTOCOL",
  "UWSGI_SCHEME",
  "wsgi.input",
  "x",
] as const;

/** Changes to the bytes of a packet, or, as often, to its vars or its body: the lengths around those then fit. */
export function mutatePacket(bytes: Buffer, drawing: Drawing, words: readonly string[] = []): Buffer {
  const read = drawing.below(2) === 0 ? undefined : readPacket(bytes);
  return (read && mutateParts(read, drawing, words)) ?? mutate(bytes, drawing, words);
}

/** @returns Absent when what came out can not be put into a packet. */
function mutateParts(
  { packet, rest }: ReadPacket,
  drawing: Drawing,
  words: readonly string[],
): Buffer | undefined {
  const isBody = rest.length > 0 && drawing.below(4) === 0;
  const body = isBody ? mutate(rest, drawing, words) : rest;
  let { vars } = packet;
  const changes = isBody ? 0 : 1 + drawing.below(2);
  for (let count = changes; count > 0; count -= 1) vars = mutateVars(vars, drawing);
  const isEncodable = vars.every(([name, value]) => name !== "" && value.length <= MAX_LENGTH);
  return isEncodable ? Buffer.concat([encodePacket({ ...packet, vars }), body]) : undefined;
}

function mutateVars(vars: Vars, drawing: Drawing): Vars {
  const at = drawing.below(Math.max(1, vars.length));
  const chosen: Pair = vars[at] ?? ["x", ""];
  const [name, value] = chosen;
  switch (drawing.below(6)) {
    case 0:
      return vars.filter((_, index) => index !== at);
    case 1:
      return [...vars, chosen];
    case 2:
      return [...vars.slice(0, at), [drawing.pick(NAMES), drawing.pick(VALUES)], ...vars.slice(at)];
    case 3:
      return replaced(vars, at, [name, drawing.pick(VALUES)]);
    case 4:
      return replaced(vars, at, [mutateText(name, drawing), value]);
    default:
      return replaced(vars, at, [name, mutateText(value, drawing)]);
  }
}

function replaced(vars: Vars, at: number, pair: Pair): Vars {
  return vars.map((other, index) => (index === at ? pair : other));
}

function mutateText(text: string, drawing: Drawing): string {
  return mutate(Buffer.from(text, "latin1"), drawing).toString("latin1");
}
