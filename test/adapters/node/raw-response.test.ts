import { describe, expect, test } from "vitest";
import { RawResponse } from "../../../src/adapters/node/raw-response.ts";
import { namedCuts, twoWayCuts } from "../../support/feed.ts";

const WIRE =
  "HTTP/1.1 201 Made Up\r\nX-A: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b: 2 \r\nX-Empty:\r\n\r\nbody\r\n\r\nmore";

test.each([
  ...twoWayCuts(Buffer.from(WIRE)),
  ...Object.entries(namedCuts).map(([name, cut]) => ({ name, chunks: cut(Buffer.from(WIRE)) })),
])("$name", ({ chunks }) => {
  const response = new RawResponse();
  const body = chunks.map((chunk) => response.receive(chunk as Buffer)?.toString() ?? "").join("");
  expect(body).toBe("body\r\n\r\nmore");
  expect(response.head).toEqual({
    status: "201 Made Up",
    headers: [
      ["X-A", "1"],
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b: 2"],
      ["X-Empty", ""],
    ],
  });
});

describe("odd heads", () => {
  test.each([
    { wire: "HTTP/1.1 204 No Content\r\n\r\n", head: { status: "204 No Content", headers: [] } },
    { wire: "HTTP/1.1 200 \r\n\r\n", head: { status: "200 ", headers: [] } },
    {
      wire: "HTTP/1.1 200 OK\r\nX: caf\u00e9\r\n\r\n",
      head: { status: "200 OK", headers: [["X", "caf\u00e9"]] },
    },
  ])("$wire", ({ wire, head }) => {
    const response = new RawResponse();
    expect(response.receive(Buffer.from(wire, "latin1"))).toBeUndefined();
    expect(response.head).toEqual(head);
  });
});

test("there is no head before its end", () => {
  const response = new RawResponse();
  expect(response.receive(Buffer.from("HTTP/1.1 200 OK\r\nA: b\r\n"))).toBeUndefined();
  expect(response.head).toBeUndefined();
});
