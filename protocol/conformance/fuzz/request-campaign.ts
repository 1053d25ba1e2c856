import type { HttpAnswer } from "../front/http-answer.ts";
import { type FrontAttempt, FrontCampaign } from "./front-campaign.ts";
import { askNext, type FrontSetting, staysOpen } from "./front-setting.ts";
import type { FuzzConnection } from "./fuzz-connection.ts";
import { FuzzFailure } from "./fuzz-failure.ts";
import { type HttpRequest, readRequests } from "./http-requests.ts";
import { checkTokens, countWhole, failHang, readStrictly } from "./judge.ts";
import { requestSeeds, requestWords } from "./request-seeds.ts";
import { type RunTokens, withTokens } from "./tokens.ts";

const CLIENT_ERROR = 400;
/** An unclear request may be taken for several; more than these it can not hold. */
const UNCLEAR = Array.from({ length: 8 }, () => "GET");
/** Time for an answer before our side is closed, in milliseconds: some fronts take the close for the client's leaving. */
const GRACE_MS = 20;

/** Mutated HTTP requests: answered with their own answers, in order, or refused; and nothing inside a body is carried out. */
export class RequestCampaign extends FrontCampaign {
  readonly kind = "requests";

  constructor(setting: FrontSetting) {
    const seeds = requestSeeds(setting.front);
    super(setting, { seeds, words: requestWords, good: seeds });
  }

  protected refusal(answer: HttpAnswer | undefined): string | undefined {
    const isAnswered = answer !== undefined && answer.status < CLIENT_ERROR;
    return isAnswered ? undefined : "an ordinary request was not answered";
  }

  protected async exchange({ connection, input, tokens }: FrontAttempt): Promise<HttpAnswer | undefined> {
    const hidden = this.setting.worker.expect(tokens.S);
    const bytes = withTokens(input, tokens);
    const requests = readRequests(bytes.toString("latin1"));
    const isInBody = requests?.every(({ target }) => !target.includes(tokens.S)) === true;
    const answers = requests
      ? this.#askWhole(connection, { bytes, requests, tokens })
      : this.#askUnclear(connection, bytes, tokens);
    const [answer] = await answers.finally(() => {
      // Whatever became of the answers: this is why.
      if (isInBody && hidden.hasCome)
        throw new FuzzFailure("desync", "a request inside the body of another was carried out");
    });
    return answer;
  }

  /** Every one of the requests is answered, or the connection closed; and another can follow. */
  async #askWhole(
    connection: FuzzConnection,
    sent: {
      readonly bytes: Buffer;
      readonly requests: readonly HttpRequest[];
      readonly tokens: RunTokens;
    },
  ): Promise<readonly HttpAnswer[]> {
    const { hangMs } = this.setting;
    const { tokens } = sent;
    const methods = sent.requests.map(({ method }) => method);
    connection.send(sent.bytes);
    const isDone = (): boolean => countWhole(connection.bytes, methods) === methods.length;
    if (!(await connection.until(isDone, hangMs)) && !this.#hasRefused(connection, methods))
      failHang(hangMs, connection.bytes);
    checkTokens(connection.bytes, this.roll, tokens);
    const { answers } = readStrictly(connection.bytes, methods, connection.end);
    for (const [index, answer] of answers.entries()) checkOwner(answer, sent.requests[index], tokens);
    if (answers.length === methods.length && staysOpen(connection, answers.at(-1))) {
      await askNext(connection, this.setting, { methods, token: tokens.U });
      checkTokens(connection.bytes, this.roll, tokens);
    }
    return answers;
  }

  /** The last answer said that the connection ends here; what follows it on the wire needs no answer. */
  #hasRefused(connection: FuzzConnection, methods: readonly string[]): boolean {
    const { answers } = readStrictly(connection.bytes, methods, connection.end);
    return answers.length > 0 && !staysOpen(connection, answers.at(-1));
  }

  /** How the bytes are to be read is for the front to say. What it answers is HTTP all the same. */
  async #askUnclear(
    connection: FuzzConnection,
    bytes: Buffer,
    tokens: RunTokens,
  ): Promise<readonly HttpAnswer[]> {
    const { hangMs } = this.setting;
    connection.send(bytes);
    const text = bytes.toString("latin1");
    const mayBeAnswered = text.includes("\n\r\n") || text.includes("\n\n");
    if (mayBeAnswered) await connection.until(() => false, GRACE_MS);
    if (connection.end === "open") connection.halfClose();
    if (!(await connection.until(() => false, hangMs)) && countWhole(connection.bytes, UNCLEAR) === 0)
      failHang(hangMs, connection.bytes);
    checkTokens(connection.bytes, this.roll, tokens);
    // Where an answer to HEAD ends, only the front knows that took it for one.
    if (text.includes("HEAD") || connection.bytes.length === 0) return [];
    return readStrictly(connection.bytes, UNCLEAR, connection.end).answers;
  }
}

/** @throws {@link FuzzFailure} when an answer bears a token, and not that of its request. */
function checkOwner(answer: HttpAnswer, request: HttpRequest | undefined, tokens: RunTokens): void {
  const body = answer.body.toString("latin1");
  const [owner] = Object.values<string>({ ...tokens }).filter((token) => body.includes(token));
  if (owner !== undefined && request?.target.includes(owner) === false)
    throw new FuzzFailure("wrong-token", "the answer belongs to another request of the connection");
}
