import { expect, test } from "vitest";
import { chooseCoding } from "../../../src/front/static/content-coding.ts";

test.each([
  { accept: undefined, coding: undefined },
  { accept: "", coding: undefined },
  { accept: "gzip", coding: "gzip" },
  { accept: "x-gzip", coding: "gzip" },
  { accept: "GZIP", coding: "gzip" },
  { accept: "gzip, deflate, br, zstd", coding: "br" },
  { accept: "gzip, deflate", coding: "gzip" },
  { accept: "deflate", coding: undefined },
  { accept: "br;q=0.5, gzip", coding: "gzip" },
  { accept: "br;q=0.5, gzip;q=0.5", coding: "br" },
  { accept: "br;q=0, gzip", coding: "gzip" },
  { accept: "br;q=0.000", coding: undefined },
  { accept: "br ; q=1.000", coding: "br" },
  { accept: "BR;Q=1", coding: "br" },
  { accept: "*", coding: "br" },
  { accept: "*;q=0.1, br;q=0", coding: "gzip" },
  { accept: "gzip, *;q=0", coding: "gzip" },
  { accept: "identity", coding: undefined },
  { accept: "identity, br", coding: "br" },
  { accept: "identity, br;q=0.9", coding: undefined },
  { accept: "identity;q=0.5, gzip;q=0.9", coding: "gzip" },
  { accept: "identity;q=0, deflate", coding: undefined },
  { accept: "br;q=2, gzip;q=0.1", coding: "gzip" },
  { accept: "br;q=x", coding: undefined },
  { accept: "br;level=9, gzip", coding: "gzip" },
  { accept: ",,br,,", coding: "br" },
  { accept: "brotli, gzipped, b r", coding: undefined },
])("$accept -> $coding", ({ accept, coding }) => {
  expect(chooseCoding(accept, ["br", "gzip"])).toBe(coding);
});

test("what is not there is not chosen", () => {
  expect(chooseCoding("br, gzip;q=0.1", ["gzip"])).toBe("gzip");
  expect(chooseCoding("br", ["gzip"])).toBeUndefined();
  expect(chooseCoding("br", [])).toBeUndefined();
});

test("the order of what is there decides between equal weights", () => {
  expect(chooseCoding("br, gzip", ["gzip", "br"])).toBe("gzip");
});
