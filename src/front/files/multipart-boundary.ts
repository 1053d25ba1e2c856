import { randomBytes } from "node:crypto";

const BOUNDARY_BYTES = 15;

/** A text between the parts of an answer. Nobody who writes a file can know it. */
export function multipartBoundary(): string {
  return randomBytes(BOUNDARY_BYTES).toString("hex");
}
