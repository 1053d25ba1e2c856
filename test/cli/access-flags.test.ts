import { resolve } from "node:path";
import { Command } from "commander";
import { expect, test } from "vitest";
import { type AccessFlags, accessOptions, addAccessFlags } from "../../src/cli/access-flags.ts";
import { definedOnly } from "../../src/cli/front-flags.ts";
import { runCli } from "../support/cli-io.ts";

function optionsOf(...args: readonly string[]) {
  const command = addAccessFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(args, { from: "user" });
  return definedOnly(accessOptions(command.opts<AccessFlags>()));
}

test.each([
  { args: [], options: {} },
  {
    args: ["--allow", "10.0.0.0/8, ::1", "--allow=unix", "--deny", "all"],
    options: { allow: ["10.0.0.0/8", "::1", "unix"], deny: ["all"] },
  },
  {
    args: ["--deny-file", "a", "--deny-file", "/b", "--allow-file", "c"],
    options: { denyFiles: [resolve("a"), "/b"], allowFiles: [resolve("c")] },
  },
  { args: ["--allow-methods", "get,Post"], options: { allowMethods: ["GET", "POST"] } },
  { args: ["--deny-path", "/a,b", "--deny-path", "/c/**"], options: { denyPaths: ["/a,b", "/c/**"] } },
  { args: ["--trusted-proxies", "127.0.0.1,::1"], options: { trustedProxies: ["127.0.0.1", "::1"] } },
  { args: ["--real-ip-header", "X-Real-IP"], options: { realIpHeader: "x-real-ip" } },
  { args: ["--forwarded-host", "on"], options: { forwardedHost: true } },
  {
    args: ["--proxy-protocol", "v2", "--proxy-protocol-timeout", "2"],
    options: { proxyProtocol: "v2", proxyProtocolTimeoutMs: 2000 },
  },
  { args: ["--header-map", "refuse"], options: { headerMap: "refuse" } },
  {
    args: ["--min-body-rate", "1k", "--min-body-rate-after", "500ms"],
    options: { minBodyRate: 1024, minBodyRateAfterMs: 500 },
  },
])("$args", ({ args, options }) => {
  expect(optionsOf(...args)).toEqual(options);
});

test.each([
  ["--real-ip-header", "X-Client"],
  ["--proxy-protocol", "v3"],
  ["--header-map", "keep"],
  ["--forwarded-host", "yes"],
  ["--deny-file", ""],
  ["--min-body-rate", "fast"],
])("%s %s is refused", (...args) => {
  expect(() => optionsOf(...args)).toThrow(expect.objectContaining({ exitCode: 1 }));
});

test.each([
  [["--allow", "a.test"], "allow: expected an address"],
  [["--deny-file", "/nowhere/deny.txt"], "/nowhere/deny.txt can not be read"],
  [["--deny-path", "admin"], "denyPaths: expected a pattern"],
  [["--proxy-protocol", "v1"], "--trusted-proxies"],
])("front %j ends with a reason", async (args, reason) => {
  const { code, err } = await runCli(["front", "--to", "127.0.0.1:1", ...args]);
  expect(code).toBe(2);
  expect(err).toContain(reason);
});
