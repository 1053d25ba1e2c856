import { expect, test } from "vitest";
import { peerSpeech } from "../../../src/front/explain/peer-speech.ts";

test.each([
  ["<!DOCTYPE HTML>\n<html>", "html"],
  ["\n<html lang=en>", "html"],
  ["<h1>Bad Request</h1>", "html"],
  ["\x15\x03\x01\x00\x02\x02\x46", "tls"],
  ["\x01\x03\x00\x01\x00\x08\x00\x00", "fastcgi"],
  ["\x00\x00\x12\x04\x00\x00\x00\x00\x00", "http2"],
  ["HTTP/1.1 200 OK\r\n", undefined],
  ["hello", undefined],
  ["<", undefined],
  ["\x15", undefined],
  ["", undefined],
])("%j is %s", (bytes, speech) => {
  expect(peerSpeech(Buffer.from(bytes, "latin1"))).toBe(speech);
});
