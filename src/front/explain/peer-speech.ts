import type { PeerSpeech } from "./failure.ts";

const HTTP2_SETTINGS = 4;

/** What the first bytes of an answer look like that is no response. @returns `undefined`: like nothing that is known */
export function peerSpeech(bytes: Uint8Array): PeerSpeech | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64)).toString("latin1");
  if (/^\s*<(?:!doctype html|html|head|title|h1)/i.test(text)) return "html";
  const [first = -1, second = -1, , fourth = -1] = bytes;
  if ((first === 0x15 || first === 0x16) && second === 3) return "tls";
  if (first === 1 && second >= 1 && second <= 11 && bytes.length >= 8) return "fastcgi";
  // A frame of settings on stream 0 comes first.
  if (bytes.length >= 9 && first === 0 && second === 0 && fourth === HTTP2_SETTINGS) return "http2";
  return undefined;
}
