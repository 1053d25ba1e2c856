import { describe, expect, test } from "vitest";
import { claimLines } from "../../../src/front/identity/claims.ts";
import { effectiveClient } from "../../../src/front/identity/effective-client.ts";
import type { RealIpHeader } from "../../../src/front/identity/identity-options.ts";
import type { ClientFacts } from "../../../src/front/request/request-vars.ts";

const peer: ClientFacts = {
  remoteAddress: "10.0.0.1",
  remotePort: "4711",
  localPort: "8080",
  scheme: "http",
};

/** `Name: value`, a line each. Addresses in 10.0.0.0/8 are those of proxies. */
function find(lines: readonly string[], realIpHeader: RealIpHeader = "auto", from: ClientFacts = peer) {
  const rawHeaders = lines.flatMap((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return effectiveClient(claimLines(rawHeaders), from, {
    isTrusted: (address) => address.startsWith("10."),
    realIpHeader,
  });
}

/** Address, scheme and chain. */
function clientOf(...args: Parameters<typeof find>) {
  const found = find(...args);
  if ("status" in found) return found.status;
  const { remoteAddress, scheme, forwarded } = found.client;
  return [remoteAddress, scheme, forwarded?.[0]?.[1]];
}

const XFF = "X-Forwarded-For";
const XFP = "X-Forwarded-Proto";

describe("the client", () => {
  test.each([
    [[`${XFF}: 192.0.2.1`], "192.0.2.1", "192.0.2.1, 10.0.0.1"],
    [[`${XFF}: 6.6.6.6, 192.0.2.1`], "192.0.2.1", "192.0.2.1, 10.0.0.1"],
    [[`${XFF}: 192.0.2.1, 10.0.0.2`], "192.0.2.1", "192.0.2.1, 10.0.0.2, 10.0.0.1"],
    [
      [`${XFF}: 6.6.6.6, 192.0.2.1, 10.0.0.3, 10.0.0.2`],
      "192.0.2.1",
      "192.0.2.1, 10.0.0.3, 10.0.0.2, 10.0.0.1",
    ],
    [[`${XFF}: 10.0.0.9, 10.0.0.2`], "10.0.0.9", "10.0.0.9, 10.0.0.2, 10.0.0.1"],
    [[`${XFF}: 192.0.2.1`, `${XFF}: 10.0.0.2`], "192.0.2.1", "192.0.2.1, 10.0.0.2, 10.0.0.1"],
    [[`${XFF}: 192.0.2.1:5000`], "192.0.2.1", "192.0.2.1, 10.0.0.1"],
    [[`${XFF}: 2001:db8::1, [2001:DB8::2]:80`], "2001:db8::2", "2001:db8::2, 10.0.0.1"],
    [[`${XFF}: 192.0.2.1, , `], "192.0.2.1", "192.0.2.1, 10.0.0.1"],
    [[`${XFF}: 192.0.2.1, unknown`], "10.0.0.1", "10.0.0.1"],
    [[`${XFF}: 192.0.2.1, _x, 10.0.0.2`], "10.0.0.2", "10.0.0.2, 10.0.0.1"],
    [[`${XFF}: 192.0.2.1, garbage, 10.0.0.2`], "10.0.0.2", "10.0.0.2, 10.0.0.1"],
    [[`${XFF}:`], "10.0.0.1", "10.0.0.1"],
    [["x-forwarded-for: 192.0.2.1"], "192.0.2.1", "192.0.2.1, 10.0.0.1"],
    [["X_Forwarded_For: 192.0.2.1"], "10.0.0.1", "10.0.0.1"],
    [["Forwarded: for=192.0.2.1"], "192.0.2.1", "192.0.2.1, 10.0.0.1"],
    [
      ['Forwarded: for=6.6.6.6, for="[2001:db8::1]:80", for=10.0.0.2'],
      "2001:db8::1",
      "2001:db8::1, 10.0.0.2, 10.0.0.1",
    ],
    [["Forwarded: for=192.0.2.1, for=_hidden"], "10.0.0.1", "10.0.0.1"],
    [["Forwarded: for=192.0.2.1, by=10.0.0.2"], "10.0.0.1", "10.0.0.1"],
    [['Forwarded: for="', "Forwarded: for=192.0.2.1"], "192.0.2.1", "192.0.2.1, 10.0.0.1"],
    [['Forwarded: for=192.0.2.1, for="'], "10.0.0.1", "10.0.0.1"],
    [["X-Real-IP: 192.0.2.1"], "192.0.2.1", "192.0.2.1, 10.0.0.1"],
    [["X-Real-IP: a.test"], "10.0.0.1", "10.0.0.1"],
    [
      ["X-Real-IP: 6.6.6.6", "Forwarded: for=7.7.7.7", `${XFF}: 192.0.2.1`],
      "192.0.2.1",
      "192.0.2.1, 10.0.0.1",
    ],
    [["X-Real-IP: 6.6.6.6", "Forwarded: for=192.0.2.1"], "192.0.2.1", "192.0.2.1, 10.0.0.1"],
  ])("%j", (lines, address, chain) => {
    expect(clientOf(lines)).toEqual([address, "http", chain]);
  });

  test.each<[RealIpHeader, string]>([
    ["auto", "1.1.1.1"],
    ["x-forwarded-for", "1.1.1.1"],
    ["forwarded", "2.2.2.2"],
    ["x-real-ip", "3.3.3.3"],
  ])("with %s is %s", (field, address) => {
    const lines = ["X-Real-IP: 3.3.3.3", "Forwarded: for=2.2.2.2", `${XFF}: 1.1.1.1`];
    expect(clientOf(lines, field)).toMatchObject([address, "http", `${address}, 10.0.0.1`]);
  });

  test.each<[RealIpHeader, string]>([
    ["x-forwarded-for", "Forwarded: for=2.2.2.2"],
    ["forwarded", `${XFF}: 1.1.1.1`],
    ["x-real-ip", `${XFF}: 1.1.1.1`],
  ])("with %s is not looked for in another field", (field, line) => {
    expect(clientOf([line], field)).toEqual(["10.0.0.1", "http", "10.0.0.1"]);
  });

  test("has the port that is named with it, or none", () => {
    expect(find([`${XFF}: 192.0.2.1:5000`])).toMatchObject({ client: { remotePort: "5000" } });
    expect(find([`${XFF}: 192.0.2.1`])).toMatchObject({ client: { remotePort: "" } });
    expect(find([`${XFP}: https`])).toMatchObject({ client: { remotePort: "4711" } });
  });

  test("of a peer on a Unix socket is no Unix client any more", () => {
    const unix = { ...peer, remoteAddress: "", remotePort: "", isUnix: true };
    expect(clientOf([`${XFF}: 192.0.2.1`], "auto", unix)).toEqual(["192.0.2.1", "http", "192.0.2.1"]);
    expect(find([`${XFF}: 192.0.2.1`], "auto", unix)).toMatchObject({ client: { isUnix: false } });
    expect(find([`${XFP}: https`], "auto", unix)).toMatchObject({ client: { isUnix: true } });
  });
});

describe("the scheme", () => {
  test.each([
    [[`${XFP}: https`], "https"],
    [[`${XFP}: HTTPS`], "https"],
    [[`${XFP}: http`], "http"],
    [[`${XFP}: wss`], "https"],
    [[`${XFP}: gopher`], "http"],
    [[`${XFP}: constructor`], "http"],
    [["X-Forwarded-Protocol: ssl"], "https"],
    [["X-Forwarded-Scheme: https"], "https"],
    [["X-Forwarded-Ssl: on"], "https"],
    [["X-Forwarded-Ssl: off"], "http"],
    [[`${XFP}: https`, "X-Forwarded-Ssl: on"], "https"],
    [[`${XFF}: 192.0.2.1, 10.0.0.2`, `${XFP}: https, http`], "https"],
    [[`${XFF}: 6.6.6.6, 192.0.2.1`, `${XFP}: https, http`], "http"],
    [[`${XFF}: 192.0.2.1`, `${XFP}: https, http`], "http"],
    [["Forwarded: for=192.0.2.1;proto=https"], "https"],
    [["Forwarded: for=192.0.2.1;proto=https, for=10.0.0.2;proto=http"], "https"],
    [["Forwarded: for=6.6.6.6;proto=https, for=192.0.2.1"], "http"],
    [["Forwarded: for=_hidden;proto=https"], "https"],
    [["Forwarded: for=192.0.2.1", `${XFP}: https`], "http"],
    [[`${XFF}: 192.0.2.1`, "Forwarded: for=192.0.2.1;proto=https"], "http"],
  ])("by %j is %s", (lines, scheme) => {
    const found = find(lines);
    expect(found).toMatchObject({ client: { scheme } });
    expect("client" in found && found.client.forwarded).toContainEqual(["HTTP_X_FORWARDED_PROTO", scheme]);
  });

  test.each([
    [`${XFP}: https`, "X-Forwarded-Ssl: off"],
    [`${XFP}: http`, "X-Forwarded-Ssl: on"],
    [`${XFP}: https`, "X-Forwarded-Protocol: http"],
    [`${XFP}: http`, "X-Forwarded-Scheme: https"],
    ["X-Forwarded-Ssl: on", "X-Forwarded-Ssl: off"],
  ])("can not be both: %s, %s", (...lines) => {
    expect(find(lines)).toEqual({ status: 400, reason: "the forwarded fields name two schemes" });
  });

  test("of a peer that speaks TLS stays, unless another one is named", () => {
    const tls = { ...peer, scheme: "https" as const };
    expect(find([`${XFF}: 192.0.2.1`], "auto", tls)).toMatchObject({ client: { scheme: "https" } });
    expect(find([`${XFP}: http`], "auto", tls)).toMatchObject({ client: { scheme: "http" } });
  });
});

describe("host and port", () => {
  test.each([
    [["X-Forwarded-Host: a.test:81"], "a.test:81", "8080"],
    [["X-Forwarded-Host: a.test", "X-Forwarded-Port: 443"], "a.test", "443"],
    [[`${XFF}: 6.6.6.6, 192.0.2.1`, "X-Forwarded-Host: evil.test, a.test"], "a.test", "8080"],
    [['Forwarded: for=192.0.2.1;host="a.test:81"'], "a.test:81", "8080"],
    [["Forwarded: for=192.0.2.1", "X-Forwarded-Host: a.test", "X-Forwarded-Port: 443"], undefined, "8080"],
  ])("%j", (lines, host, port) => {
    const found = find(lines);
    expect(found).toMatchObject({ client: { localPort: port }, isMalformed: false });
    expect("client" in found && found.authority?.text).toBe(host);
  });

  test("are told to the servers", () => {
    const found = find(["X-Forwarded-Host: a.test", "X-Forwarded-Port: 443"]);
    expect("client" in found && found.client.forwarded).toEqual([
      ["HTTP_X_FORWARDED_FOR", "10.0.0.1"],
      ["HTTP_X_FORWARDED_PROTO", "http"],
      ["HTTP_X_FORWARDED_HOST", "a.test"],
      ["HTTP_X_FORWARDED_PORT", "443"],
    ]);
  });
});

test.each([
  [[`${XFF}: garbage`], true],
  [[`${XFF}: garbage, 192.0.2.1`], false],
  [[`${XFF}: unknown`], false],
  [['Forwarded: for="'], true],
  [['Forwarded: for="', "Forwarded: for=192.0.2.1"], false],
  [["X-Forwarded-Host: a b"], true],
  [["X-Forwarded-Port: 0"], true],
  [["X-Forwarded-Port: 443x"], true],
])("%j is malformed: %s", (lines, isMalformed) => {
  expect(find(lines)).toMatchObject({ isMalformed });
});
