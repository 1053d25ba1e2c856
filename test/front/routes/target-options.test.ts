import { expect, test } from "vitest";
import { parseTargetOptions } from "../../../src/front/routes/target-options.ts";

test.each([
  { text: "unix:/p", target: "unix:/p", options: {} },
  { text: "http://a:1/base", target: "http://a:1/base", options: {} },
  { text: "a:1;read-timeout=10s", target: "a:1", options: { readTimeoutMs: 10_000 } },
  {
    text: "a:1; connect-timeout=500ms ;send-timeout=2m",
    target: "a:1",
    options: { connectTimeoutMs: 500, sendTimeoutMs: 120_000 },
  },
  {
    text: "a:1;queue-timeout=1;body-timeout=1h",
    target: "a:1",
    options: { queueTimeoutMs: 1000, bodyTimeoutMs: 3_600_000 },
  },
  {
    text: "a:1;max-body=1m;backend-buffer-size=4k",
    target: "a:1",
    options: { maxBodyBytes: 1_048_576, maxVarsBytes: 4096 },
  },
  {
    text: "a:1;modifier1=5;modifier2=0;backend-max-vars=10",
    target: "a:1",
    options: { modifier1: 5, modifier2: 0, maxVars: 10 },
  },
  {
    text: "a:1;param=A=1;param=B=x=y;param=C=",
    target: "a:1",
    options: { params: { A: "1", B: "x=y", C: "" } },
  },
  {
    text: "a:1;websocket=off;persist=on;request-buffering=off",
    target: "a:1",
    options: { websocket: false, persist: true, requestBuffering: false },
  },
  {
    text: "a:1;weight=2;read-timeout=1s;backup",
    target: "a:1;weight=2;backup",
    options: { readTimeoutMs: 1000 },
  },
  { text: "a:1;no-strip-prefix", target: "a:1", options: { stripPrefix: false } },
])("$text", ({ text, target, options }) => {
  expect(parseTargetOptions(text, "--mount /p")).toEqual({ target, options });
});

test.each([
  ["a:1;wieght=2", /there is no option "wieght" for a target; there are connect-timeout, .*param/],
  ["a:1;constructor=2", /there is no option "constructor"/],
  ["a:1;", /there is no option ""/],
  ["a:1;read-timeout", /read-timeout expects a time such as 500ms, 30s or 2m, got ""/],
  ["a:1;read-timeout=soon", /read-timeout expects a time .*, got "soon"/],
  ["a:1;max-body=-1", /max-body expects a size/],
  ["a:1;modifier1=0x5", /modifier1 expects a whole number/],
  ["a:1;websocket=yes", /websocket expects on or off/],
  ["a:1;no-strip-prefix=on", /no-strip-prefix has no value, got "on"/],
  ["a:1;param=A", /param expects NAME=VALUE/],
  ["a:1;param==A", /param expects NAME=VALUE/],
  ["a:1;modifier1=1;modifier1=1", /modifier1 is given twice/],
])("%s is refused", (text, message) => {
  const call = (): unknown => parseTargetOptions(text, "--mount /p");
  expect(call).toThrow(expect.objectContaining({ code: "UWB_ERR_CONFIG" }));
  expect(call).toThrow(message);
  expect(call).toThrow(/^--mount \/p: /);
});
