import { MODIFIER1 } from "../../../src/codec/index.ts";
import type { Packet } from "../../../src/codec/packet.ts";
import { offersPersistence } from "../../../src/codec/persistence.ts";
import type { HttpAnswer } from "../front/http-answer.ts";
import type { WorkerTarget } from "../worker/worker-target.ts";
import type { Campaign } from "./campaign.ts";
import { FuzzConnection } from "./fuzz-connection.ts";
import { FuzzFailure } from "./fuzz-failure.ts";
import { inputFrom } from "./input.ts";
import { answerKind, checkTokens, countWhole, failHang, readStrictly } from "./judge.ts";
import { mutatePacket } from "./mutate-packet.ts";
import { packetReductions, type ReadPacket, readPacket } from "./packet-reductions.ts";
import { followingPacket, goodPackets, packetSeeds, packetWords } from "./packet-seeds.ts";
import { type RunTokens, TokenRoll, withTokens } from "./tokens.ts";

/** Modifiers that stand for a request to an application. */
const REQUEST_MODIFIERS = [0, 5, 6, 7, 8, 9, 14, 15, 30];
const CLOSE_MARK = "c8000000";

/** What a packet campaign is told. */
export interface PacketCampaignOptions {
  /** A worker that runs the contract app. */
  readonly worker: WorkerTarget;
  readonly seed: number;
  /** Longest time without an answer or a close, in milliseconds. */
  readonly hangMs: number;
}

/** Mutated packets to a worker: each is answered with what it asked for, or refused, or its connection is closed. */
export class PacketCampaign implements Campaign {
  readonly kind = "packets";
  readonly ordinary: Buffer = packetSeeds[0];
  readonly #options: PacketCampaignOptions;
  readonly #roll: TokenRoll;
  readonly #good: ReadonlySet<string> = new Set(goodPackets.map((bytes) => bytes.toString("latin1")));

  constructor(options: PacketCampaignOptions) {
    this.#options = options;
    this.#roll = new TokenRoll(options.seed);
  }

  inputOf(run: number): Buffer {
    return inputFrom(packetSeeds, packetWords, {
      seed: this.#options.seed,
      run,
      change: mutatePacket,
    });
  }

  isAlive(): Promise<boolean> {
    return FuzzConnection.isPossible(this.#options.worker);
  }

  reductions(input: Buffer): Iterable<Buffer> {
    return packetReductions(input);
  }

  async attempt(input: Buffer): Promise<string> {
    const tokens = this.#roll.draw();
    const bytes = withTokens(input, tokens);
    const connection = await FuzzConnection.open(this.#options.worker);
    try {
      const answer = await this.#exchange(connection, bytes, tokens);
      if (this.#good.has(input.toString("latin1")) && answer?.status !== 200)
        throw new FuzzFailure("refused", "an ordinary request was not answered with 200", answerKind(answer));
      return bytes[0] === MODIFIER1.ping && connection.bytes.length > 0 ? "pong" : answerKind(answer);
    } finally {
      connection.close();
    }
  }

  async #exchange(
    connection: FuzzConnection,
    bytes: Buffer,
    tokens: RunTokens,
  ): Promise<HttpAnswer | undefined> {
    const read = readPacket(bytes);
    const methods = [read ? lastValue(read.packet, "REQUEST_METHOD") : "GET"];
    const isKept = read !== undefined && offersPersistence(read.packet);
    connection.send(bytes);
    // A worker may wait for what is missing: the end of the connection says that it will not come.
    if (!isWhole(read)) connection.halfClose();
    const isDone = (): boolean => isKept && countWhole(connection.bytes, methods) === 1;
    if (!(await connection.until(isDone, this.#options.hangMs)))
      failHang(this.#options.hangMs, connection.bytes);
    checkTokens(connection.bytes, this.#roll, tokens);
    if (!REQUEST_MODIFIERS.includes(bytes[0] ?? 0) || connection.bytes.length === 0) return undefined;
    if (connection.bytes.toString("hex") === CLOSE_MARK) return undefined;
    const heard = withPlainVersion(connection.bytes, read);
    const [answer] = readStrictly(heard, methods, connection.end).answers;
    if (answer) checkOwnToken(answer, read, tokens);
    if (connection.end === "open" && isWhole(read)) await this.#follow(connection, methods, tokens);
    return answer;
  }

  /** The connection was kept: what is asked next is answered with its own token. */
  async #follow(connection: FuzzConnection, methods: readonly string[], tokens: RunTokens): Promise<void> {
    const before = connection.bytes.length;
    connection.send(followingPacket(tokens.U));
    const isDone = (): boolean => countWhole(connection.bytes, [...methods, "GET"]) === 2;
    if (!(await connection.until(isDone, this.#options.hangMs)))
      failHang(this.#options.hangMs, connection.bytes);
    const heard = connection.bytes.subarray(before);
    if (heard.length === 0 || heard.toString("hex") === CLOSE_MARK) return;
    const [answer] = readStrictly(heard, ["GET"], connection.end).answers;
    if (answer?.isComplete && !answer.body.includes(tokens.U))
      throw new FuzzFailure("desync", "the next request on the connection got another answer");
  }
}

/** Nothing is missing: a worker that waits for more has misread the packet. */
function isWhole(read: ReadPacket | undefined): boolean {
  if (!read || !REQUEST_MODIFIERS.includes(read.packet.modifier1)) return false;
  if (read.packet.vars.some(([name]) => name === "HTTP_TRANSFER_ENCODING")) return false;
  const lengths = read.packet.vars.filter(([name]) => name === "CONTENT_LENGTH").map(([, value]) => value);
  const [length = "0"] = lengths;
  return lengths.length < 2 && /^\d{1,9}$/.test(length) && read.rest.length === Number(length);
}

/** Some workers say the version that the packet said. */
function withPlainVersion(bytes: Buffer, read: ReadPacket | undefined): Buffer {
  const version = read && lastValue(read.packet, "SERVER_PROTOCOL");
  if (!version || version.startsWith("HTTP/1.") || bytes.indexOf(`${version} `, 0, "latin1") !== 0)
    return bytes;
  return Buffer.concat([Buffer.from("HTTP/1.1"), bytes.subarray(version.length)]);
}

/** A whole page about the environ of this request says so. */
function checkOwnToken(answer: HttpAnswer, read: ReadPacket | undefined, { T }: RunTokens): void {
  if (!read || answer.status !== 200 || !answer.isComplete || answer.framing === "none") return;
  const isAsked = lastValue(read.packet, "PATH_INFO") === `/env/${T}` && read.packet.modifier1 === 0;
  if (isAsked && !answer.body.includes(T))
    throw new FuzzFailure("wrong-token", "the answer does not carry the token of its request");
}

function lastValue({ vars }: Packet, name: string): string {
  return vars.findLast(([key]) => key === name)?.[1] ?? "";
}
