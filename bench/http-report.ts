import type { Measurement } from "./rounds.ts";
import { median, ratioOf } from "./statistics.ts";
import { HEADLINES, type Headline, REFERENCE } from "./subjects.ts";
import { formatTable } from "./table.ts";

const HEADER = ["subject", "requests/s", "min - max", "errors", "not 2xx", `/ ${REFERENCE}`];

/** The table of all subjects, and the ratios this project cares about. */
export function httpReport(measurements: readonly Measurement[]): string {
  const rows = measurements.map((measurement) => rowOf(measurement, measurements));
  const hasMarks = measurements.some(isMarked);
  const notes = [
    ...(hasMarks ? ["! had errors: its speed means nothing until they are explained"] : []),
    ...measurements
      .filter(({ fault }) => fault !== undefined)
      .map(({ subject, fault }) => `${subject.name}: ${fault}`),
    ...measurements
      .filter(({ fault, keepsAlive }) => fault === undefined && !keepsAlive)
      .map(({ subject }) => `${subject.name}: closes the connection after each response`),
  ];
  const headlines = HEADLINES.map((headline) => headlineOf(headline, measurements)).filter(
    (line) => line !== undefined,
  );
  return [formatTable(HEADER, rows), ...notes.map((note) => `${note}\n`), ...section(headlines)].join("");
}

function section(headlines: readonly (readonly string[])[]): string[] {
  return headlines.length === 0 ? [] : ["\n", formatTable(["headline", "ratio", "rounds", "aim"], headlines)];
}

function rowOf(measurement: Measurement, all: readonly Measurement[]): string[] {
  const { subject, samples, fault } = measurement;
  const label = `${isMarked(measurement) ? "! " : "  "}${subject.label}`;
  if (samples.length === 0) return [label, fault?.endsWith("not installed") ? "not installed" : "failed"];
  const speeds = speedsOf(measurement);
  return [
    label,
    String(Math.round(median(speeds))),
    range(speeds, (speed) => String(Math.round(speed))),
    String(sum(samples.map(({ errors }) => errors))),
    String(sum(samples.map(({ nonSuccess }) => nonSuccess))),
    ratioText(measurement, find(all, REFERENCE)),
  ];
}

function headlineOf({ of, to, aim }: Headline, all: readonly Measurement[]): string[] | undefined {
  const measured = find(all, of);
  const reference = find(all, to);
  if (!measured || !reference) return undefined;
  const ratios = speedsOf(measured).map((speed, round) => speed / (speedsOf(reference)[round] ?? Number.NaN));
  const mark = isMarked(measured) || isMarked(reference) ? "! " : "  ";
  return [
    `${mark}${of} / ${to}`,
    ratioText(measured, reference),
    range(ratios, (ratio) => ratio.toFixed(2)),
    aim === undefined ? "" : aim.toFixed(2),
  ];
}

/** Errors of any kind make a figure worthless; one that could not be taken at all needs no mark. */
function isMarked({ samples, fault }: Measurement): boolean {
  return (
    samples.length > 0 &&
    (fault !== undefined || samples.some(({ errors, nonSuccess }) => errors + nonSuccess > 0))
  );
}

function find(all: readonly Measurement[], name: string): Measurement | undefined {
  return all.find(({ subject, samples }) => subject.name === name && samples.length > 0);
}

function ratioText(measured: Measurement, reference: Measurement | undefined): string {
  return reference ? ratioOf(speedsOf(measured), speedsOf(reference)).toFixed(2) : "";
}

function speedsOf({ samples }: Measurement): number[] {
  return samples.map(({ requestsPerSecond }) => requestsPerSecond);
}

function range(values: readonly number[], format: (value: number) => string): string {
  return `${format(Math.min(...values))} - ${format(Math.max(...values))}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
