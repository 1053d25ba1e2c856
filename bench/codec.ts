import { deepStrictEqual } from "node:assert";
import { do_not_optimize as keep, measure } from "mitata";
import {
  encodePacket,
  PacketDecoder,
  packetText,
  parseResponseHead,
  ResponseDecoder,
} from "uwsgi-bridge/codec";
import { SAMPLE_RESPONSE, SAMPLE_RESPONSE_HEAD, SAMPLE_VARS } from "./codec-sample.ts";
import { median, ratioOf } from "./statistics.ts";
import { formatTable } from "./table.ts";

/** How long one operation took, once per round. */
export interface CodecMeasurement {
  readonly name: string;
  readonly nanoseconds: number[];
  /** What it is compared with. */
  readonly yardstick: string | undefined;
  readonly aim: number | undefined;
}

interface Operation {
  readonly name: string;
  /** Hands its result to mitata, so that it can not be optimised away. Each has a closure of its own: shared ones would be slow. */
  readonly run: () => void;
  readonly yardstick?: string;
  readonly aim?: number;
}

/**
 * Long enough for the just-in-time compiler to have its last word. Without access to the garbage collector mitata would provoke it with an
 * allocation of 1 GiB, and measure the consequences.
 */
const MEASURE_OPTIONS = { min_cpu_time: 2e8, gc: false };

const packet = { modifier1: 0, modifier2: 0, vars: SAMPLE_VARS };
const wire = Buffer.from(encodePacket(packet));
const object = Object.fromEntries(SAMPLE_VARS);
const json = JSON.stringify(object);
const response = Buffer.from(SAMPLE_RESPONSE, "latin1");

const OPERATIONS: readonly Operation[] = [
  { name: "JSON.parse", run: () => keep(JSON.parse(json)) },
  { name: "decode packet", run: () => keep(decodePacket()), yardstick: "JSON.parse", aim: 1 },
  { name: "JSON.stringify", run: () => keep(JSON.stringify(object)) },
  {
    name: "encode packet, as text",
    run: () => keep(packetText(packet)),
    yardstick: "JSON.stringify",
    aim: 0.75,
  },
  { name: "encode packet, as bytes", run: () => keep(encodePacket(packet)), yardstick: "JSON.stringify" },
  { name: "parse response head", run: () => keep(parseResponseHead(SAMPLE_RESPONSE_HEAD)) },
  { name: "decode whole response", run: () => keep(decodeResponse()) },
];

/** Measure all operations in turns. */
export async function measureCodec(
  rounds: number,
  report: (line: string) => void,
): Promise<CodecMeasurement[]> {
  deepStrictEqual(decodePacket(), { type: "packet", ...packet });
  const results = OPERATIONS.map((operation) => ({ ...operation, nanoseconds: [] as number[] }));
  for (let round = 1; round <= rounds; round += 1) {
    report(`codec, round ${round}/${rounds}`);
    for (const { run, nanoseconds } of results) {
      const { p50 } = await measure(run, MEASURE_OPTIONS);
      nanoseconds.push(p50);
    }
  }
  return results.map(({ name, nanoseconds, yardstick, aim }) => ({ name, nanoseconds, yardstick, aim }));
}

export function codecReport(measurements: readonly CodecMeasurement[]): string {
  const rows = measurements.map(({ name, nanoseconds, yardstick, aim }) => {
    const reference = measurements.find((other) => other.name === yardstick);
    return [
      name,
      median(nanoseconds).toFixed(0),
      `${Math.min(...nanoseconds).toFixed(0)} - ${Math.max(...nanoseconds).toFixed(0)}`,
      reference ? `${ratioOf(nanoseconds, reference.nanoseconds).toFixed(2)} of ${reference.name}` : "",
      aim === undefined ? "" : `at most ${aim.toFixed(2)}`,
    ];
  });
  const title = `a packet of ${SAMPLE_VARS.length} vars, ${wire.length} bytes; a response of ${response.length} bytes\n`;
  return title + formatTable(["operation", "ns", "min - max", "ratio", "aim"], rows);
}

function decodePacket(): unknown {
  const decoder = new PacketDecoder();
  decoder.receive(wire);
  return decoder.next();
}

function decodeResponse(): unknown {
  const decoder = new ResponseDecoder();
  decoder.receive(response);
  let event = decoder.next();
  while (event.type !== "end") event = decoder.next();
  return event;
}
