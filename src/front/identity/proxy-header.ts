import { ProtocolError } from "../../errors.ts";

/** What a PROXY header says of the connection that it stands for. */
export interface ProxyHeader {
  /**
   * `"proxied"`: of a client with an address. `"unix"`: of a client without one. `"own"`: the peer's own, a health check for example, or one that
   * it says nothing about.
   */
  readonly type: "proxied" | "unix" | "own";
  /** Empty unless it is `"proxied"`. */
  readonly sourceAddress: string;
  readonly sourcePort: string;
  readonly destinationPort: string;
  /** The client speaks TLS to the peer. */
  readonly isTls: boolean;
}

/** A header without addresses. */
export function addressless(type: "unix" | "own", isTls = false): ProxyHeader {
  return { type, sourceAddress: "", sourcePort: "", destinationPort: "", isTls };
}

/** @param offset - Of the byte that is wrong. */
export function proxyHeaderError(reason: string, offset: number): ProtocolError {
  return new ProtocolError("UWB_ERR_PROXY_PROTOCOL", `the PROXY header ${reason}`, { offset });
}
