import { modifierName } from "./modifier-names.ts";
import type { ScanEvent } from "./packet-scanner.ts";
import { isSecret } from "./secrets.ts";

const NOT_ASCII = /[\u007f-\uffff]/g;

/**
 * What was found in a stream as JSON, a document per packet on a line of its own, once its body is over;
 * nothing for other events.
 *
 * Shape: `number`, `offset` in the stream, `modifier1`, `modifier2`, `meaning`, `datasize`, `vars` as a list
 * of `name`, `value` and `bytes` (of the value) in wire order, `bodyBytes` as found and `bodyLength` as
 * announced (`null`: not announced). A value has a character per byte; a secret one is left out, and
 * `redacted` is true. Or `number`, `offset` and `error` with `code`, `message` and `offset` in the packet.
 */
export function packetJson(event: ScanEvent, options: { readonly showSecrets: boolean }): string[] {
  switch (event.type) {
    case "packet":
      return [];
    case "body": {
      const { number, offset, packet, bytes, bodyLength } = event.found;
      return line({
        number,
        offset,
        modifier1: packet.modifier1,
        modifier2: packet.modifier2,
        meaning: modifierName(packet.modifier1),
        datasize: bytes.readUInt16LE(1),
        vars: packet.vars.map(([name, value]) => varObject(name, value, options.showSecrets)),
        bodyBytes: event.bodyBytes,
        bodyLength: bodyLength ?? null,
      });
    }
    case "broken": {
      const { number, offset, error } = event.broken;
      const { code, message } = error;
      return line({ number, offset, error: { code, message, offset: error.offset } });
    }
  }
}

function varObject(name: string, value: string, showSecrets: boolean): object {
  const bytes = value.length;
  return !showSecrets && isSecret(name) ? { name, bytes, redacted: true } : { name, value, bytes };
}

/** ASCII only: a terminal obeys some of the characters that JSON leaves as they are. */
function line(document: object): string[] {
  return [JSON.stringify(document).replace(NOT_ASCII, unicodeEscape)];
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
