import type { ErrorCode } from "../../errors.ts";
import type { ParsedRequest } from "./parsed-request.ts";

/** Why a request is not passed on. */
export interface Refusal {
  readonly status: number;
  /** For the log and the client: which rule, never a header's value. */
  readonly reason: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** @defaultValue `"UWB_ERR_REQUEST_INVALID"` */
  readonly code?: ErrorCode;
  /** False: the log has it from elsewhere. @defaultValue true */
  readonly isLogged?: boolean;
}

/** Tells a refusal from a request. */
export function isRefusal(result: ParsedRequest | Refusal): result is Refusal {
  return "status" in result;
}
