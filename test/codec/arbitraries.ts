import fc from "fast-check";
import { cutBySizes } from "../support/feed.ts";

/** What the property tests of the codec draw their inputs from. */

/** Text of the characters U+0000 to U+00FF, each as likely as any other. */
export function latin1(constraints: { minLength?: number; maxLength?: number } = {}): fc.Arbitrary<string> {
  const unit = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
  return fc.string({ ...constraints, unit });
}

export function bytes(maxLength: number): fc.Arbitrary<Buffer> {
  return fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
}

/** Sizes of chunks, small ones above all. Empty chunks occur: no decoder may mind them. */
const sizes = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 40 });

/** The same bytes cut at random. */
export function cutAnyhow(wire: Buffer): fc.Arbitrary<Uint8Array[]> {
  return sizes.map((list) => cutBySizes(wire, list));
}

/** The same bytes with a few of them changed, taken out or put in. */
export function damaged(wire: Buffer): fc.Arbitrary<Buffer> {
  const edit = fc.record({
    at: fc.nat({ max: Math.max(0, wire.length - 1) }),
    removed: fc.integer({ min: 0, max: 2 }),
    inserted: bytes(2),
  });
  return fc
    .array(edit, { minLength: 1, maxLength: 3 })
    .map((edits) =>
      edits.reduce(
        (text, { at, removed, inserted }) =>
          Buffer.concat([text.subarray(0, at), inserted, text.subarray(at + removed)]),
        wire,
      ),
    );
}
