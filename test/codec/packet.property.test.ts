import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeVars,
  encodePacket,
  encodeVars,
  HEADER_BYTES,
  ProtocolError,
  type Vars,
  varsSize,
  varsText,
} from "../../src/codec/index.ts";
import { bytes, cutAnyhow, damaged, latin1 } from "./arbitraries.ts";
import { runPacket } from "./run-packet.ts";
import { acceptedPackets } from "./vectors.ts";

const vars = fc.array(fc.tuple(latin1({ minLength: 1, maxLength: 20 }), latin1({ maxLength: 40 })), {
  maxLength: 20,
});
const modifier = fc.integer({ min: 0, max: 255 });
/** Without the first bytes of HTTP methods and of a TLS handshake, which some sizes would turn into one. */
const modifier1 = modifier.filter((value) => value !== 22 && !"CDGHOPT".includes(String.fromCharCode(value)));
const packet = fc.record({ modifier1, modifier2: modifier, vars });

describe("any latin-1 pairs", () => {
  test("decode to what was encoded", () => {
    fc.assert(
      fc.property(vars, (pairs) => {
        expect(decodeVars(encodeVars(pairs))).toEqual(pairs);
      }),
    );
  });

  test("take the bytes that varsSize foretells", () => {
    fc.assert(
      fc.property(vars, (pairs) => {
        expect(encodeVars(pairs)).toHaveLength(varsSize(pairs));
        expect(Buffer.from(varsText(pairs), "latin1")).toEqual(encodeVars(pairs));
      }),
    );
  });

  test("survive a connection, whatever the cuts and whatever follows", () => {
    const connection = fc
      .tuple(packet, bytes(30))
      .chain(([sent, rest]) =>
        cutAnyhow(Buffer.concat([encodePacket(sent), rest])).map((chunks) => ({ sent, rest, chunks })),
      );
    fc.assert(
      fc.property(connection, ({ sent, rest, chunks }) => {
        expect(runPacket(chunks)).toEqual({
          outcome: "packet",
          packet: sent,
          rest: rest.toString("hex"),
          beforeClose: true,
        });
      }),
    );
  });
});

describe("arbitrary bytes", () => {
  // Small lengths are likely, so that many inputs get past the header.
  const wire = fc.oneof(
    bytes(60),
    fc
      .tuple(modifier, bytes(40), modifier)
      .map(([first, block, second]) => Buffer.from([first, block.length, 0, second, ...block])),
    fc
      .constantFrom(...acceptedPackets.filter((vector) => vector.wire.length < 300))
      .chain((vector) => damaged(vector.wire)),
  );

  test("decode or raise a ProtocolError, and the cuts make no difference", () => {
    const connection = wire.chain((sent) => cutAnyhow(sent).map((chunks) => ({ sent, chunks })));
    fc.assert(
      fc.property(connection, ({ sent, chunks }) => {
        const run = runPacket([sent]);
        expect(run.outcome).not.toBe("stuck");
        expect(runPacket(chunks)).toEqual({ ...run });
      }),
      { numRuns: 1000 },
    );
  });

  test("are a vars block that encodes to the same bytes, or are refused inside the block", () => {
    const block = fc.oneof(
      bytes(30),
      vars.chain((pairs) => damaged(Buffer.from(encodeVars(pairs)))),
    );
    fc.assert(
      fc.property(block, (sent) => {
        const pairs = decoded(sent);
        if (pairs instanceof ProtocolError) {
          expect(pairs.offset).toBeGreaterThanOrEqual(HEADER_BYTES);
          expect(pairs.offset).toBeLessThanOrEqual(HEADER_BYTES + sent.length);
        } else {
          expect(encodeVars(pairs)).toEqual(sent);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function decoded(block: Uint8Array): Vars | ProtocolError {
  try {
    return decodeVars(block);
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}
