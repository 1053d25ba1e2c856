import { describe, expect, test } from "vitest";
import { encodePacket, type Packet } from "../../src/codec/index.ts";
import { brokenReport, packetReport, varTable } from "../../src/inspect/packet-report.ts";
import { type BrokenPacket, PacketScanner } from "../../src/inspect/packet-scanner.ts";

const PLAIN = { hex: false, showSecrets: false };

const REQUEST: Packet = {
  modifier1: 0,
  modifier2: 0,
  vars: [
    ["REQUEST_METHOD", "POST"],
    ["HTTP_COOKIE", "sid=verysecret"],
    ["HTTP_X", "a\u001b[2Jb"],
    ["CONTENT_LENGTH", "5"],
  ],
};

test("a packet is explained byte by byte of its header, then var by var, then what follows", () => {
  expect(reportOf(REQUEST, "hello")).toMatchInlineSnapshot(`
    "packet 1, at byte 0: 90 bytes

      00     modifier1  0: a request for the default application
      56 00  datasize   86 bytes (low byte first), 4 vars
      00     modifier2  0

      bytes  var
         22  REQUEST_METHOD  POST
         29  HTTP_COOKIE     [redacted, 14 bytes]
         16  HTTP_X          a\\x1b[2Jb
         19  CONTENT_LENGTH  5

      5 bytes of body follow, as CONTENT_LENGTH says
    "
  `);
});

test("a packet without vars has no table", () => {
  expect(reportOf({ modifier1: 100, modifier2: 0, vars: [] })).toMatchInlineSnapshot(`
    "packet 1, at byte 0: 4 bytes

      64     modifier1  100: a ping
      00 00  datasize   0 bytes (low byte first), 0 vars
      00     modifier2  0

      nothing follows
    "
  `);
});

test("in hexadecimal, every field has its line, and secrets stay hidden", () => {
  expect(
    reportOf({ ...REQUEST, vars: REQUEST.vars.slice(0, 3) }, "", { hex: true, showSecrets: false }),
  ).toMatchInlineSnapshot(`
    "packet 1, at byte 0: 71 bytes

      00     modifier1  0: a request for the default application
      43 00  datasize   67 bytes (low byte first), 3 vars
      00     modifier2  0

      bytes  var
         22  REQUEST_METHOD  POST
         29  HTTP_COOKIE     [redacted, 14 bytes]
         16  HTTP_X          a\\x1b[2Jb

      00000  00                                               modifier1 0: a request for the default application
      00001  43 00                                            datasize 67, low byte first
      00003  00                                               modifier2 0
      00004  0e 00                                            name of 14 bytes
      00006  52 45 51 55 45 53 54 5f 4d 45 54 48 4f 44        REQUEST_METHOD
      00014  04 00                                              value of 4 bytes
      00016  50 4f 53 54                                      POST
      0001a  0b 00                                            name of 11 bytes
      0001c  48 54 54 50 5f 43 4f 4f 4b 49 45                 HTTP_COOKIE
      00027  0e 00                                              value of 14 bytes
      00029  ** ** ** ** ** ** ** ** ** ** ** ** ** **        **************
      00037  06 00                                            name of 6 bytes
      00039  48 54 54 50 5f 58                                HTTP_X
      0003f  06 00                                              value of 6 bytes
      00041  61 1b 5b 32 4a 62                                a.[2Jb

      no body follows
    "
  `);
});

test("secrets are shown on request, in the table and in hexadecimal", () => {
  const report = reportOf(REQUEST, "hello", { hex: true, showSecrets: true });
  expect(report).toContain("HTTP_COOKIE     sid=verysecret");
  expect(report).toContain("73 69 64 3d 76 65 72 79 73 65 63 72 65 74");
});

test.each([
  { name: "all of it", body: "hello", line: "5 bytes of body follow, as CONTENT_LENGTH says" },
  { name: "a part", body: "hel", line: "only 3 of the 5 bytes of body follow that CONTENT_LENGTH announces" },
  { name: "nothing", body: "", line: "only 0 of the 5 bytes of body follow that CONTENT_LENGTH announces" },
])("what follows: $name", ({ body, line }) => {
  expect(reportOf(REQUEST, body)).toContain(`  ${line}\n`);
});

test("what follows: a body whose length is not announced", () => {
  const chunked: Packet = { modifier1: 0, modifier2: 0, vars: [["HTTP_TRANSFER_ENCODING", "chunked"]] };
  expect(reportOf(chunked, "0\r\n\r\n")).toContain(
    "5 bytes of body follow; CONTENT_LENGTH does not say how many",
  );
});

describe("notes", () => {
  test.each([
    { name: "4096 bytes of vars", vars: [["A", "x".repeat(4096 - 5)]] as const, noted: false },
    { name: "4097 bytes of vars", vars: [["A", "x".repeat(4097 - 5)]] as const, noted: true },
  ])("$name: buffer-size is $noted", ({ vars, noted }) => {
    expect(reportOf({ modifier1: 0, modifier2: 0, vars }).includes("--buffer-size")).toBe(noted);
  });

  test.each([
    { count: 128, noted: false },
    { count: 129, noted: true },
  ])("$count vars: max-vars is $noted", ({ count, noted }) => {
    const vars = Array.from({ length: count }, (_, index) => [`V${index}`, ""] as const);
    expect(reportOf({ modifier1: 0, modifier2: 0, vars }).includes("--max-vars")).toBe(noted);
  });

  test("names that appear more than once", () => {
    const vars = [
      ["A", "1"],
      ["B", "1"],
      ["A", "2"],
    ] as const;
    expect(reportOf({ modifier1: 0, modifier2: 0, vars })).toContain("note: more than once: A\n");
  });
});

test("names are escaped too, and a very long one does not push the others aside", () => {
  expect(
    varTable(
      [
        ["\u001b[31m", "x"],
        ["N".repeat(60), "y"],
      ],
      false,
    ),
  ).toEqual([`   10  ${"\\x1b[31m".padEnd(40)}  x`, `   65  ${"N".repeat(60)}  y`]);
});

describe("a broken packet", () => {
  test("is shown around the place, with a mark", () => {
    const bytes = Buffer.from(
      encodePacket({
        modifier1: 0,
        modifier2: 0,
        vars: [
          ["A", "b"],
          ["LONGER", "value"],
        ],
      }),
    );
    bytes.writeUInt16LE(9, 18);
    expect(report(bytes)).toMatchInlineSnapshot(`
      "packet 1 begins at byte 0 of the input and is broken at its byte 18:
        00000  00 15 00 00 01 00 41 01 00 62 06 00 4c 4f 4e 47  ......A..b..LONG
        00010  45 52 09 00 76 61 6c 75 65                       ER..value
                     ^^ byte 18"
    `);
  });

  test("that is not the first tells both places", () => {
    const good = Buffer.from([100, 0, 0, 0]);
    expect(report(Buffer.concat([good, Buffer.from("000200000000", "hex")]))).toContain(
      "packet 2 begins at byte 4 of the input and is broken at its byte 4, byte 8 of the input:",
    );
  });

  test("that is cut tells what is missing", () => {
    expect(report(Buffer.from("00070000010041", "hex"))).toMatchInlineSnapshot(`
      "packet 1 begins at byte 0 of the input and is broken at its byte 7:
        00000  00 07 00 00 01 00 41                             ......A
                                    ^^ byte 7, where the input ends
        its header announces 7 bytes of vars, and 3 bytes of them are there"
    `);
  });

  test("of less than a header is shown as well", () => {
    expect(report(Buffer.from("0007", "hex"))).toContain("byte 2, where the input ends");
  });

  test("hides the secrets around the place", () => {
    const vars = [
      ["HTTP_COOKIE", "sid=verysecret"],
      ["B", "x"],
    ] as const;
    const bytes = Buffer.from(encodePacket({ modifier1: 0, modifier2: 0, vars }));
    bytes.writeUInt16LE(9, bytes.length - 3);
    expect(report(bytes)).not.toContain("secret");
    expect(report(bytes)).toContain("** **");
  });

  test("that is HTTP shows its first line only: a cookie may follow", () => {
    const text = report(Buffer.from("GET / HTTP/1.1\r\nCookie: sid=1\r\n\r\n"));
    expect(text).toContain("GET / HTTP/1.1..");
    expect(text).not.toContain("sid");
  });
});

function reportOf(packet: Packet, body = "", options = PLAIN): string {
  const scanner = new PacketScanner();
  const events = [
    ...scanner.receive(Buffer.concat([encodePacket(packet), Buffer.from(body)])),
    ...scanner.end(),
  ];
  return events.flatMap((event) => packetReport(event, options)).join("\n");
}

function report(bytes: Buffer): string {
  return brokenReport(brokenIn(bytes), PLAIN).join("\n");
}

function brokenIn(bytes: Buffer): BrokenPacket {
  const scanner = new PacketScanner();
  const event = [...scanner.receive(bytes), ...scanner.end()].at(-1);
  if (event?.type !== "broken") throw new Error("nothing is broken");
  return event.broken;
}
