import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ERROR_CODES } from "../../src/codec/index.ts";
import { problemsOf, type Schema } from "./json-schema.ts";
import {
  acceptedPackets,
  acceptedResponses,
  packetsJson,
  refusedPackets,
  refusedResponses,
  responsesJson,
  unhex,
} from "./vectors.ts";

const README = readProtocolFile("README.md");
const packets = [...acceptedPackets, ...refusedPackets];
const responses = [...acceptedResponses, ...refusedResponses];

describe("the vectors of packets", () => {
  const schema = JSON.parse(readProtocolFile("vectors/packets.schema.json")) as Schema;

  test("fit their schema", () => {
    expect(problemsOf(packetsJson, schema)).toEqual([]);
  });

  test.each([
    { broken: { accept: [] }, problem: "$: has no reject" },
    { broken: { accept: [], reject: {} }, problem: "$.reject: is no array" },
    { broken: { accept: [], reject: [], more: 1 }, problem: "$: has an unknown more" },
    { broken: accepting({ wire: "0g" }), problem: "$.accept[0].wire: fits no option" },
    { broken: accepting({ name: "" }), problem: "$.accept[0].name: is too short" },
    { broken: accepting({ options: { maxVars: -1 } }), problem: "$.accept[0].options.maxVars: is below 0" },
    {
      broken: accepting({ packet: { modifier1: 256, modifier2: 0, vars: [] } }),
      problem: "$.accept[0].packet.modifier1: is above 255",
    },
    {
      broken: accepting({ packet: { modifier1: 0, modifier2: 0, vars: [["A"]] } }),
      problem: "$.accept[0].packet.vars[0]: fits no option",
    },
  ])("would not fit it if $problem", ({ broken, problem }) => {
    expect(problemsOf(broken, schema)).toContain(problem);
  });

  test("are at least 60", () => {
    expect(packets.length).toBeGreaterThanOrEqual(60);
  });
});

describe("the vectors of responses", () => {
  test("fit their schema", () => {
    const schema = JSON.parse(readProtocolFile("vectors/responses.schema.json")) as Schema;
    expect(problemsOf(responsesJson, schema)).toEqual([]);
  });

  test("are at least 40", () => {
    expect(responses.length).toBeGreaterThanOrEqual(40);
  });
});

test("no two vectors of a file have the same name", () => {
  for (const vectors of [packets, responses]) {
    const names = vectors.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  }
});

test("every section a vector names exists", () => {
  const sections = [...README.matchAll(/^#{2,3} (.*)$/gm)].map(([, title = ""]) => anchorOf(title));
  const named = [...packets, ...responses].map(({ spec }) => spec.replace("protocol/README.md#", ""));
  expect(sections).toEqual(expect.arrayContaining([...new Set(named)]));
});

test("every link inside the specification leads somewhere", () => {
  const anchors = [...README.matchAll(/^#{2,3} (.*)$/gm)].map(([, title = ""]) => anchorOf(title));
  const links = [...README.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor = ""]) => anchor);
  expect(links.length).toBeGreaterThan(0);
  expect(anchors).toEqual(expect.arrayContaining(links));
});

test("every error code a vector expects is a code of this project, and stands in the specification", () => {
  const codes = [...new Set([...refusedPackets, ...refusedResponses].map(({ error }) => error.code))];
  expect(ERROR_CODES).toEqual(expect.arrayContaining(codes));
  for (const code of codes) expect(README).toContain(`\`${code}\``);
});

describe("the examples of the specification are vectors", () => {
  const hexBlocks = [...README.matchAll(/^```hex\n# (.*)\n([^`]*)```$/gm)];
  const httpBlocks = [...README.matchAll(/^```http\n# (.*)\n([^`]*)```$/gm)];

  test("and there are some of both kinds", () => {
    expect(hexBlocks.length).toBeGreaterThan(5);
    expect(httpBlocks.length).toBeGreaterThan(3);
    expect(README.match(/^```(hex|http)$/gm)).toHaveLength(hexBlocks.length + httpBlocks.length);
  });

  test.each(hexBlocks.map(([, name = "", block = ""]) => ({ name, block })))("$name", ({ name, block }) => {
    const digits = block.replaceAll(/#.*$/gm, "").replaceAll("\n", "");
    expect(unhex(digits).toString("hex")).toBe(hexOf(packets, name));
  });

  test.each(httpBlocks.map(([, name = "", block = ""]) => ({ name, block })))("$name", ({ name, block }) => {
    const text = block.replaceAll("\n", "").replaceAll("⏎", "\r\n");
    expect(Buffer.from(text, "latin1").toString("hex")).toBe(hexOf(responses, name));
  });
});

function hexOf(vectors: readonly { name: string; wire: Buffer }[], wanted: string): string | undefined {
  return vectors.find(({ name }) => name === wanted)?.wire.toString("hex");
}

/** A set of vectors whose only accepted one is good but for `changes`. */
function accepting(changes: object): object {
  const good = {
    name: "n",
    spec: "protocol/README.md#2-header",
    wire: "00 0000 00",
    packet: { modifier1: 0, modifier2: 0, vars: [] },
  };
  return { accept: [{ ...good, ...changes }], reject: [] };
}

/** The anchor that a heading gets where Markdown is shown. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
}

function readProtocolFile(path: string): string {
  return readFileSync(new URL(`../../protocol/${path}`, import.meta.url), "utf8");
}
