import { CHUNK_CASES } from "./chunk-cases.ts";
import { FIELD_CASES } from "./field-cases.ts";
import { FRAMING_CASES } from "./framing-cases.ts";
import type { HttpCases } from "./http-case.ts";
import { LINE_CASES } from "./line-cases.ts";
import { SEQUENCE_CASES } from "./sequence-cases.ts";
import { SIZE_CASES } from "./size-cases.ts";
import { TARGET_CASES } from "./target-cases.ts";

/** Every case, by its heading. */
export const allHttpCases: HttpCases = {
  ...LINE_CASES,
  ...TARGET_CASES,
  ...FIELD_CASES,
  ...FRAMING_CASES,
  ...CHUNK_CASES,
  ...SEQUENCE_CASES,
  ...SIZE_CASES,
};
