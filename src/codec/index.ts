/** Public names of `uwsgi-bridge/codec`: bytes to values and back, without any IO. */
export {
  ConfigError,
  ERROR_CODES,
  type ErrorCode,
  ProtocolError,
  UpstreamError,
  UsageError,
  UwsgiBridgeError,
} from "../errors.ts";
export { ChunkedDecoder, type ChunkedDecoderOptions } from "./chunked-decoder.ts";
export { HEADER_BYTES, LENGTH_BYTES, MAX_DATASIZE, MODIFIER1 } from "./constants.ts";
export { parseLength } from "./content-length.ts";
export type { Packet } from "./packet.ts";
export { PacketDecoder, type PacketDecoderOptions, type PacketEvent } from "./packet-decoder.ts";
export { encodePacket, packetText } from "./packet-encoder.ts";
export { ResponseDecoder, type ResponseDecoderOptions, type ResponseEvent } from "./response-decoder.ts";
export { type ResponseFraming, responseFraming } from "./response-framing.ts";
export {
  type HeaderPair,
  parseResponseHead,
  type ResponseHead,
  type ResponseHeadLimits,
  responseHeadText,
} from "./response-head.ts";
export { decodeVars, encodeVars, type Vars, varsSize, varsText } from "./vars.ts";
