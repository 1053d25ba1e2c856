import { ServerResponse } from "node:http";
import { forgetFit } from "../../../src/adapters/node/from-node.ts";

/** Do something in a Node whose responses have lost a private detail, then repair it. */
export function withBrokenNode<T>(action: () => T, detail = "detachSocket"): T {
  const prototype = ServerResponse.prototype as unknown as Record<string, unknown>;
  const original = prototype[detail];
  delete prototype[detail];
  forgetFit();
  // The warning has a test of its own.
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return action();
  } finally {
    process.emitWarning = emitWarning;
    prototype[detail] = original;
    forgetFit();
  }
}
