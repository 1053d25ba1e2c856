import { describe, expect, test } from "vitest";
import { announceSwitch, protocolsAsked } from "../../src/gateway/protocol-switch.ts";

describe("what a request asks for", () => {
  test.each([
    { name: "nothing", vars: {}, asked: [] },
    {
      name: "a WebSocket",
      vars: { HTTP_CONNECTION: "Upgrade", HTTP_UPGRADE: "WebSocket" },
      asked: ["websocket"],
    },
    {
      name: "one of two, among other tokens",
      vars: { HTTP_CONNECTION: "keep-alive, Upgrade", HTTP_UPGRADE: "a, B/2" },
      asked: ["a", "b/2"],
    },
    { name: "Upgrade alone", vars: { HTTP_UPGRADE: "websocket" }, asked: [] },
    {
      name: "a connection that closes",
      vars: { HTTP_CONNECTION: "close", HTTP_UPGRADE: "websocket" },
      asked: [],
    },
    { name: "Connection alone", vars: { HTTP_CONNECTION: "upgrade" }, asked: [] },
  ])("$name", ({ vars, asked }) => {
    expect(protocolsAsked(vars)).toEqual(asked);
  });
});

describe("a switch", () => {
  const offered = ["echo", "other"];

  test.each([
    { name: "the first protocol is filled in", headers: [["X", "1"]], upgrade: "echo", rest: [["X", "1"]] },
    {
      name: "one that is named stays as it is spelt",
      headers: [["upgrade", "Other"]],
      upgrade: "Other",
      rest: [],
    },
    {
      name: "Connection is the server's",
      headers: [["connection", "Upgrade, X"]],
      upgrade: "echo",
      rest: [],
    },
  ])("$name", ({ headers, upgrade, rest }) => {
    expect(announceSwitch(101, headers, offered)).toEqual({
      status: 101,
      reason: "Switching Protocols",
      headers: [["Connection", "Upgrade"], ["Upgrade", upgrade], ...rest],
    });
  });

  test("may have a reason of its own", () => {
    expect(announceSwitch("101 Web Socket Protocol Handshake", [], offered).reason).toBe(
      "Web Socket Protocol Handshake",
    );
  });

  test.each([
    { name: "another status", status: "200 OK", headers: [], code: "UWB_ERR_STATUS" },
    { name: "another number", status: 100, headers: [], code: "UWB_ERR_STATUS" },
    { name: "a line break in the reason", status: "101 a\r\nb", headers: [], code: "UWB_ERR_STATUS" },
    {
      name: "a protocol nobody asked for",
      status: 101,
      headers: [["Upgrade", "h2c"]],
      code: "UWB_ERR_UPGRADE",
    },
    { name: "two protocols", status: 101, headers: [["Upgrade", "echo, other"]], code: "UWB_ERR_UPGRADE" },
    { name: "a length", status: 101, headers: [["Content-Length", "0"]], code: "UWB_ERR_HOP_BY_HOP" },
    {
      name: "a coding",
      status: 101,
      headers: [["Transfer-Encoding", "chunked"]],
      code: "UWB_ERR_HOP_BY_HOP",
    },
    { name: "a line break in a value", status: 101, headers: [["X", "a\nb"]], code: "UWB_ERR_HEADER_VALUE" },
    { name: "no pairs", status: 101, headers: { X: "1" }, code: "UWB_ERR_HEADERS" },
  ])("is refused with $name", ({ status, headers, code }) => {
    expect(() => announceSwitch(status, headers, offered)).toThrow(expect.objectContaining({ code }));
  });
});
