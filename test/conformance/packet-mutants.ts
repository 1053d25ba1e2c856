import { HEADER_BYTES } from "../../src/codec/constants.ts";
import type { Packet } from "../../src/codec/packet.ts";
import { encodePacket } from "../../src/codec/packet-encoder.ts";
import { decodeVars, type Vars } from "../../src/codec/vars.ts";
import type { Mutant } from "./mutants.ts";

/** Workers that read packets wrongly. */
export const packetMutants: readonly Mutant[] = [
  {
    name: "serves the good part of a malformed block",
    caughtBy: [
      "packet/key-past-end",
      "packet/value-past-end",
      "packet/value-into-body",
      "packet/value-length-cut",
      "packet/key-without-value",
      "packet/stray-bytes-1",
      "packet/stray-bytes-3",
      "packet/empty-key",
    ],
    mutation: { malformed: goodPart },
  },
  {
    name: "skips an overlong key and reads on",
    caughtBy: ["packet/overlong-key-then-pair"],
    mutation: { malformed: (bytes) => repack(bytes.subarray(HEADER_BYTES + 2)) },
  },
  {
    name: "dies of a malformed packet",
    caughtBy: ["packet/key-past-end"],
    mutation: { malformed: () => undefined },
  },
  {
    name: "takes every modifier for a request",
    caughtBy: [
      "ping-and-modifiers/modifier1-eval",
      "ping-and-modifiers/modifier1-unassigned-250",
      "ping-and-modifiers/ping-with-vars",
    ],
    mutation: { packet: (packet) => ({ ...packet, modifier1: 0 }) },
  },
  {
    name: "takes the first of repeated vars",
    caughtBy: ["duplicates/remote-user-twice", "duplicates/cookie-joined", "duplicates/path-twice"],
    mutation: { packet: changeVars((vars) => vars.filter(([key], at) => firstIndex(vars, key) === at)) },
  },
  {
    name: "joins whatever is repeated with a comma",
    caughtBy: ["duplicates/remote-user-twice", "duplicates/http-host-twice", "duplicates/cookie-joined"],
    mutation: { packet: changeVars(joinAll) },
  },
  {
    name: "drops vars without a value",
    caughtBy: ["vars/empty-value", "vars/empty-value-last"],
    mutation: { packet: changeVars((vars) => vars.filter(([, value]) => value !== "")) },
  },
  {
    name: "cuts keys at a NUL",
    caughtBy: ["vars/nul-in-key"],
    mutation: {
      packet: changeVars((vars) => vars.map(([key, value]) => [key.split("\0")[0] || "X", value])),
    },
  },
  {
    name: "reads values as UTF-8",
    caughtBy: ["encoding/value-invalid-utf8", "encoding/value-lone-high-byte"],
    mutation: {
      packet: changeValues((value) =>
        Buffer.from(Buffer.from(value, "latin1").toString()).toString("latin1"),
      ),
    },
  },
  {
    name: "decodes PATH_INFO again",
    caughtBy: ["encoding/path-not-decoded-again"],
    mutation: { packet: changeValues((value, key) => (key === "PATH_INFO" ? unescape(value) : value)) },
  },
  {
    name: "takes spaces off values",
    caughtBy: ["encoding/value-spaces-kept"],
    mutation: { packet: changeValues((value) => value.trim()) },
  },
  {
    name: "lets vars set the keys of the gateway",
    caughtBy: ["environ/vars-do-not-override-scheme"],
    mutation: {
      packet: changeVars((vars) => (has(vars, "wsgi.url_scheme") ? [...vars, ["HTTPS", "on"]] : vars)),
    },
  },
  {
    name: "believes X-Forwarded-Proto",
    caughtBy: ["ping-and-modifiers/scheme-from-vars-only-https"],
    mutation: {
      packet: changeVars((vars) => (has(vars, "HTTP_X_FORWARDED_PROTO") ? [...vars, ["HTTPS", "on"]] : vars)),
    },
  },
  {
    name: "reads the digits it finds in CONTENT_LENGTH",
    caughtBy: ["input/length-suffix", "input/length-fraction", "input/length-list"],
    mutation: {
      packet: changeValues((value, key) =>
        key === "CONTENT_LENGTH" ? String(Number.parseInt(value, 10)) : value,
      ),
    },
  },
  {
    name: "lets HTTP_CONTENT_LENGTH decide",
    caughtBy: ["input/prefixed-length"],
    mutation: {
      packet: changeVars((vars) =>
        vars.map(([key, value]) => [key.replace("HTTP_CONTENT_LENGTH", "CONTENT_LENGTH"), value]),
      ),
    },
  },
  {
    name: "takes SCRIPT_NAME off PATH_INFO",
    caughtBy: ["mounting/path-not-stripped"],
    mutation: { packet: (packet) => ({ ...packet, modifier1: 30 }) },
  },
  {
    name: "reads the header in one go",
    caughtBy: ["packet/byte-by-byte"],
    mutation: { readsHeaderAtOnce: true },
  },
];

function changeVars(change: (vars: Vars) => Vars): (packet: Packet) => Packet {
  return (packet) => ({ ...packet, vars: change(packet.vars) });
}

function changeValues(change: (value: string, key: string) => string): (packet: Packet) => Packet {
  return changeVars((vars) => vars.map(([key, value]) => [key, change(value, key)]));
}

function firstIndex(vars: Vars, key: string): number {
  return vars.findIndex(([found]) => found === key);
}

function has(vars: Vars, key: string): boolean {
  return firstIndex(vars, key) !== -1;
}

function joinAll(vars: Vars): Vars {
  const joined = new Map<string, string>();
  for (const [key, value] of vars) {
    const earlier = joined.get(key);
    joined.set(key, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return [...joined];
}

/** The longest beginning of the block that can be decoded, as a packet. */
function goodPart(bytes: Buffer): Buffer {
  for (let end = HEADER_BYTES + bytes.readUInt16LE(1); end > HEADER_BYTES; end -= 1) {
    try {
      decodeVars(bytes.subarray(HEADER_BYTES, end));
    } catch {
      continue;
    }
    return repack(bytes.subarray(HEADER_BYTES, end));
  }
  return bytes;
}

function repack(block: Buffer): Buffer {
  try {
    return Buffer.from(encodePacket({ modifier1: 0, modifier2: 0, vars: decodeVars(block) }));
  } catch {
    return Buffer.from([0, block.length & 0xff, block.length >> 8, 0, ...block]);
  }
}
