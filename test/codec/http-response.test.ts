import { describe, expect, test } from "vitest";
import { ResponseDecoder } from "../../src/codec/index.ts";

function decode(text: string): { decoder: ResponseDecoder; type: string } {
  const decoder = new ResponseDecoder({ isHttp: true });
  decoder.receive(Buffer.from(text, "latin1"));
  return { decoder, type: decoder.next().type };
}

describe("the response of an HTTP server", () => {
  test.each([
    { line: "HTTP/1.1 200 OK", isHttp10: false },
    { line: "HTTP/1.1 204", isHttp10: false },
    { line: "HTTP/1.0 200 OK", isHttp10: true },
  ])("may begin with $line", ({ line, isHttp10 }) => {
    const { decoder, type } = decode(`${line}\r\nContent-Length: 0\r\n\r\n`);
    expect([type, decoder.isHttp10]).toEqual(["head", isHttp10]);
  });

  test("has the version of its last head", () => {
    const { decoder, type } = decode("HTTP/1.0 103 Early\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
    expect([type, decoder.isHttp10]).toEqual(["interim", true]);
    expect([decoder.next().type, decoder.isHttp10]).toEqual(["head", false]);
  });

  test.each([
    "Status: 200 OK",
    "Content-Length: 3",
    "HTTP/2.0 200 OK",
    "HTTP/0.9 200 OK",
    "HTTP/1.2 200 OK",
    "HTTP/1.1",
  ])("may not begin with %j", (line) => {
    expect(() => decode(`${line}\r\nX: y\r\n\r\n`)).toThrow(
      expect.objectContaining({ code: "UWB_ERR_RESPONSE_MALFORMED", statusHint: 502 }),
    );
  });
});
