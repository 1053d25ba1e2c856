import { HELLO_PATH } from "./hello.ts";
import type { LoadGenerator, Sample } from "./load.ts";
import { type PeerName, Peers } from "./peers.ts";
import type { Places } from "./places.ts";
import { askTwice, waitForAnswer } from "./probe.ts";
import type { Subject } from "./subjects.ts";

/** What was found out about one subject. */
export interface Measurement {
  readonly subject: Subject;
  /** One per round; none when it could not be measured. */
  readonly samples: Sample[];
  /** `"nginx not installed"`, or what went wrong before, between or after the rounds. */
  fault: string | undefined;
  /** Whether a second request went over the same connection. */
  keepsAlive: boolean;
}

export interface RoundsContext {
  readonly places: Places;
  readonly peers: Peers;
  readonly load: LoadGenerator;
  readonly rounds: number;
  readonly report: (line: string) => void;
}

/** Measure all subjects in turns, A B C, A B C, so that a machine that is busy for a while is busy for all of them. */
export async function measureInRounds(
  subjects: readonly Subject[],
  context: RoundsContext,
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const subject of subjects) measurements.push(await prepare(subject, context));
  const ready = measurements.filter(({ fault }) => fault === undefined);
  for (let round = 1; round <= context.rounds; round += 1) {
    for (const measurement of ready) await measureOnce(measurement, round, context);
  }
  for (const measurement of ready) {
    const answer = await askTwice(context.places.ports[measurement.subject.port]);
    if (!answer.isRight) measurement.fault = `afterwards: ${answer.why}`;
  }
  return measurements;
}

/** Start what a subject consists of, and see that it answers exactly what it must. */
async function prepare(subject: Subject, { places, peers, report }: RoundsContext): Promise<Measurement> {
  const measurement: Measurement = { subject, samples: [], fault: undefined, keepsAlive: false };
  const missing = new Set(subject.peers.map(Peers.missingProgram).filter((name) => name !== undefined));
  if (missing.size > 0) {
    measurement.fault = `${[...missing].join(", ")} not installed`;
  } else {
    const answer = await startAll(subject.peers, peers, places.ports[subject.port]);
    if (answer.isRight) measurement.keepsAlive = answer.keepsAlive;
    else measurement.fault = answer.why;
  }
  report(`${subject.name}: ${measurement.fault ?? "answers as expected"}`);
  return measurement;
}

async function startAll(
  names: readonly PeerName[],
  peers: Peers,
  port: number,
): ReturnType<typeof waitForAnswer> {
  const started = names.map((name) => ({ name, peer: peers.start(name) }));
  const answer = await waitForAnswer(port, () => started.some(({ peer }) => !peer.isRunning));
  const dead = started.find(({ peer }) => !peer.isRunning);
  return dead ? { isRight: false, why: `${dead.name} has ended: ${dead.peer.lastWords()}` } : answer;
}

async function measureOnce(
  { subject, samples }: Measurement,
  round: number,
  context: RoundsContext,
): Promise<void> {
  // Not counted: while the others were measured, Node has given back memory and compiled code of a server that stood idle.
  await measure(subject, context);
  const sample = await measure(subject, context);
  samples.push(sample);
  const faults = sample.errors + sample.nonSuccess;
  const complaint = faults === 0 ? "" : `, ${sample.errors} errors, ${sample.nonSuccess} not 2xx`;
  context.report(
    `round ${round}/${context.rounds} ${subject.name}: ${Math.round(sample.requestsPerSecond)} requests/s${complaint}`,
  );
}

/** One measurement. A subject that can not even be connected to has none but errors. */
async function measure(subject: Subject, { places, load }: RoundsContext): Promise<Sample> {
  try {
    return await load.measure(`http://127.0.0.1:${places.ports[subject.port]}${subject.path ?? HELLO_PATH}`);
  } catch {
    return { requestsPerSecond: 0, errors: 1, nonSuccess: 0 };
  }
}
