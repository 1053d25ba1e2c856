import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { encodePacket } from "../../src/codec/index.ts";
import { formatEndpoint } from "../../src/net/endpoint.ts";
import { BrokenPipe, runCli, TestIo } from "../support/cli-io.ts";
import { temporaryDirectory } from "../support/endpoints.ts";
import { refusingAddress } from "../support/rude-peers.ts";
import { until } from "../support/wait.ts";
import { endpointFor, startWorker, textApp, transports } from "../support/workers.ts";

const REQUEST = Buffer.concat([
  encodePacket({
    modifier1: 0,
    modifier2: 0,
    vars: [
      ["REQUEST_METHOD", "POST"],
      ["HTTP_COOKIE", "sid=verysecret"],
      ["CONTENT_LENGTH", "5"],
    ],
  }),
  Buffer.from("hello"),
]);
const PING = Buffer.from([100, 0, 0, 0]);
const BROKEN = Buffer.from("000200000000", "hex");

describe("packets", () => {
  test.each([["no argument", []] as const, ["a dash", ["-"]] as const])(
    "from standard input, with %s",
    async (_name, args) => {
      const { code, out, err } = await runCli(["inspect", ...args], { stdin: REQUEST });
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toContain("REQUEST_METHOD  POST");
      expect(out).toContain("5 bytes of body follow");
    },
  );

  test("from a file", async () => {
    const { path: cwd, remove } = await temporaryDirectory();
    onTestFinished(remove);
    await writeFile(join(cwd, "capture"), Buffer.concat([REQUEST, PING]));
    const { code, out } = await runCli(["inspect", "capture"], { cwd });
    expect(code).toBe(0);
    expect(out).toContain(`packet 2, at byte ${REQUEST.length}: 4 bytes`);
  });

  test("from a file that is not there", async () => {
    const { code, out, err } = await runCli(["inspect", "packet.bin"], { cwd: "/no/such/directory" });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toBe(
      "uwsgi-bridge: there is no file /no/such/directory/packet.bin; inspect reads packets from a file, or from standard input [UWB_ERR_CONFIG]\n",
    );
  });

  test("from what is no file", async () => {
    const { code, err } = await runCli(["inspect", "/proc"]);
    expect(code).toBe(2);
    expect(err).toContain("/proc can not be read: EISDIR");
  });

  test("--hex: every field", async () => {
    const { out } = await runCli(["inspect", "--hex"], { stdin: PING });
    expect(out).toMatch(/00000 {2}64 +modifier1 100: a ping\n/);
  });

  test("--json: a line per packet", async () => {
    const { code, out } = await runCli(["inspect", "--json"], { stdin: Buffer.concat([REQUEST, PING]) });
    expect(code).toBe(0);
    expect(
      out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([
      { number: 1, modifier1: 0, bodyBytes: 5 },
      { number: 2, modifier1: 100 },
    ]);
  });

  test.each([[], ["--hex"], ["--json"]])("secrets stay hidden, %s", async (...flags) => {
    const hidden = await runCli(["inspect", ...flags], { stdin: REQUEST });
    expect(hidden.out).not.toMatch(/secret|73 65 63 72 65 74/);
    const shown = await runCli(["inspect", "--show-secrets", ...flags], { stdin: REQUEST });
    expect(shown.out).toContain("sid=verysecret");
  });
});

describe("what is broken", () => {
  test("is told with code and place, after what came before it", async () => {
    const { code, out, err } = await runCli(["inspect"], { stdin: Buffer.concat([PING, BROKEN]) });
    expect(code).toBe(12);
    expect(out).toContain("packet 1, at byte 0");
    expect(err).toBe(
      [
        "uwsgi-bridge: a key is empty (at byte 4) [UWB_ERR_VARS_MALFORMED]",
        "  packet 2 begins at byte 4 of the input and is broken at its byte 4, byte 8 of the input:",
        `    00000  00 02 00 00 00 00${" ".repeat(32)}......`,
        `${" ".repeat(23)}^^ byte 4`,
        "",
      ].join("\n"),
    );
  });

  test("is a document too", async () => {
    const { code, out } = await runCli(["inspect", "--json"], { stdin: BROKEN });
    expect(code).toBe(12);
    expect(JSON.parse(out)).toMatchObject({
      number: 1,
      error: { code: "UWB_ERR_VARS_MALFORMED", offset: 4 },
    });
  });

  test.each([
    { name: "nothing at all", stdin: "", message: "the input is empty" },
    { name: "a packet that is cut", stdin: PING.subarray(0, 3), message: "UWB_ERR_PACKET_TRUNCATED" },
    { name: "HTTP", stdin: "GET / HTTP/1.1\r\n\r\n", message: "the peer sent an HTTP request" },
  ])("$name", async ({ stdin, message }) => {
    const { code, err } = await runCli(["inspect"], { stdin });
    expect(code).toBe(12);
    expect(err).toContain(message);
  });

  test("includes what is larger than --max-vars-bytes", async () => {
    const { code, err } = await runCli(["inspect", "--max-vars-bytes", "10"], { stdin: REQUEST });
    expect(code).toBe(12);
    expect(err).toContain("limit is 10");
  });
});

describe("a reader who leaves ends it without a word:", () => {
  test("packets from a file", async () => {
    const io = new UnreadIo({ stdin: Buffer.concat(Array.from({ length: 1000 }, () => REQUEST)) });
    expect(await main(["inspect"], io)).toBe(1);
    expect(io.stderr.text).toBe("");
  });

  test("the relay", async () => {
    const io = new UnreadIo();
    expect(await main(["inspect", "--listen", "127.0.0.1:0", "--to", ":1"], io)).toBe(0);
    expect(io.stderr.text).toBe("");
  });
});

describe("the relay", () => {
  test.each(transports)("shows what passes, over %s", async (transport) => {
    const worker = await startWorker(textApp("Hello"), {}, { transport });
    const { address, io, ended } = await startRelay(["--to", formatEndpoint(worker.endpoint)], transport);
    const asked = await runCli(["request", address, "/x", "-d", "data"]);
    expect(asked).toMatchObject({ code: 0, out: "Hello" });
    await until(() => io.stdout.text.includes("#1 =="), "the exchange is over");
    io.stop();
    expect(await ended).toBe(0);
    const lines = io.stdout.text.split("\n");
    expect(lines[0]).toBe(`${address} is passed on to ${formatEndpoint(worker.endpoint)}; Ctrl-C ends it`);
    expect(lines[1]).toMatch(
      /^#1 -> POST \/x HTTP\/1\.1 \(host localhost\): 13 vars in \d+ bytes, 4 bytes of body/,
    );
    expect(lines[2]).toMatch(/^#1 <- HTTP\/1\.1 200 OK after \d+\.\d ms$/);
    expect(lines[3]).toMatch(/^#1 == .* \(4 of body\), .* \(5 of body\); worker FIN, client FIN$/);
  });

  test("--vars and --hex show more, and no secrets", async () => {
    const worker = await startWorker(textApp("Hello"));
    const flags = ["--to", formatEndpoint(worker.endpoint), "--vars", "--hex"];
    const { address, io } = await startRelay(flags);
    await runCli(["request", address, "-H", "Cookie: sid=verysecret"]);
    await until(() => io.stdout.text.includes("#1 =="), "the exchange is over");
    expect(io.stdout.text).toMatch(/#1 +\d+ {2}HTTP_COOKIE +\[redacted, 14 bytes\]\n/);
    expect(io.stdout.text).toContain("modifier1 0: a request");
    expect(io.stdout.text).toContain("#1    Content-Type: text/plain\n");
    expect(io.stdout.text).not.toContain("secret");
  });

  test("says when the server is not there", async () => {
    const { address, io } = await startRelay(["--to", formatEndpoint(await refusingAddress())]);
    expect((await runCli(["request", address])).code).toBe(12);
    await until(() => io.stdout.text.includes("#1 =="), "the exchange is over");
    expect(io.stdout.text).toContain("#1 !! the worker can not be reached: connect ECONNREFUSED");
  });

  test.each([
    { name: "--listen alone", args: ["--listen", ":1"], message: "belong together" },
    { name: "--to alone", args: ["--to", ":1"], message: "belong together" },
    { name: "a file as well", args: ["file", "--listen", ":1", "--to", ":1"], message: "reads no file" },
    { name: "--json", args: ["--json", "--listen", ":1", "--to", ":1"], message: "cannot be used with" },
    { name: "a bad address", args: ["--listen", "x", "--to", ":1"], message: "UWB_ERR_ENDPOINT" },
    {
      name: "an address for all the world",
      args: ["--listen", "0.0.0.0:0", "--to", ":1"],
      message: "--allow-from",
    },
  ])("$name is wrong usage", async ({ args, message }) => {
    const { code, err } = await runCli(["inspect", ...args]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  test("an address that is taken: 4", async () => {
    const { endpoint } = await startWorker(textApp(""));
    const { code } = await runCli(["inspect", "--listen", formatEndpoint(endpoint), "--to", ":1"]);
    expect(code).toBe(4);
  });
});

/** A process whose output goes into a pipe that nobody reads, as behind `| head`. */
class UnreadIo extends TestIo {
  override readonly stdout = new BrokenPipe();
}

async function startRelay(
  flags: readonly string[],
  transport: (typeof transports)[number] = "tcp",
): Promise<{ address: string; io: TestIo; ended: Promise<number> }> {
  const io = new TestIo();
  const listen = formatEndpoint(await endpointFor(transport));
  const ended = main(["inspect", "--listen", listen, ...flags], io);
  onTestFinished(async () => {
    io.stop();
    await ended;
  });
  await io.ready;
  return { address: io.stdout.text.split(" ")[0] ?? "", io, ended };
}
