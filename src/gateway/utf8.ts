import { UsageError } from "../errors.ts";
import type { ByteString } from "./types.ts";

const NOT_BYTES = /[\u0100-\uffff]/;

/**
 * Read a byte string as UTF-8: `PATH_INFO` of `/é` is `"/\u00c3\u00a9"` in the environ, and `"/é"` after this.
 *
 * @returns Text. Bytes that are no UTF-8 become U+FFFD.
 * @throws {@link UsageError} `UWB_ERR_VALUE_NOT_LATIN1` when a character stands for no byte: the text was decoded before.
 */
export function decodeUtf8(value: ByteString): string {
  const index = value.search(NOT_BYTES);
  if (index !== -1) {
    throw new UsageError(
      "UWB_ERR_VALUE_NOT_LATIN1",
      `the character at index ${index} is above U+00FF, so this is no byte string: was it decoded before?`,
    );
  }
  return Buffer.from(value, "latin1").toString("utf8");
}

/** The reverse of {@link decodeUtf8}: text as the byte string that headers and the environ take. A lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): ByteString {
  return Buffer.from(text, "utf8").toString("latin1");
}
