import type { HttpAnswer } from "../front/http-answer.ts";
import { allAnswerSeeds, answerSeeds, answerWords } from "./answer-seeds.ts";
import type { Campaign } from "./campaign.ts";
import { askNext, checkPackets, type FrontSetting, ordinaryGet, staysOpen } from "./front-setting.ts";
import { FuzzConnection } from "./fuzz-connection.ts";
import { FuzzFailure } from "./fuzz-failure.ts";
import { inputFrom } from "./input.ts";
import { checkTokens, countWhole, failHang, readStrictly } from "./judge.ts";
import { type RunTokens, TokenRoll, withTokens } from "./tokens.ts";

const SERVER_ERROR = 500;
const GET = ["GET"];

/** Mutated answers of a worker: the front gives its client one clean answer or breaks off, and the next request gets its own. */
export class AnswerCampaign implements Campaign {
  readonly kind = "answers";
  readonly ordinary: Buffer = answerSeeds[0];
  readonly #setting: FrontSetting;
  readonly #roll: TokenRoll;
  readonly #good: ReadonlySet<string> = new Set(answerSeeds.map((bytes) => bytes.toString("latin1")));

  constructor(setting: FrontSetting) {
    this.#setting = setting;
    this.#roll = new TokenRoll(setting.seed);
  }

  inputOf(run: number): Buffer {
    return inputFrom(allAnswerSeeds, answerWords, { seed: this.#setting.seed, run });
  }

  isAlive(): Promise<boolean> {
    return FuzzConnection.isPossible(this.#setting.front);
  }

  reductions(): Iterable<Buffer> {
    return [];
  }

  async attempt(input: Buffer): Promise<string> {
    const { front, worker } = this.#setting;
    const tokens = this.#roll.draw();
    const connection = await FuzzConnection.open({ host: front.host, port: front.port });
    worker.expect(tokens.T, withTokens(input, tokens));
    worker.expect(tokens.U);
    try {
      const answer = await this.#exchange(connection, tokens);
      checkPackets(worker);
      if (this.#good.has(input.toString("latin1")) && (!answer?.isComplete || answer.status >= SERVER_ERROR))
        throw new FuzzFailure("refused", "an ordinary answer was not passed on", kindOf(answer));
      return kindOf(answer);
    } finally {
      worker.forget([tokens.T, tokens.U]);
      connection.close();
    }
  }

  async #exchange(connection: FuzzConnection, tokens: RunTokens): Promise<HttpAnswer | undefined> {
    const { front, hangMs } = this.#setting;
    connection.send(ordinaryGet(front, tokens.T));
    if (!(await connection.until(() => countWhole(connection.bytes, GET) === 1, hangMs)))
      failHang(hangMs, connection.bytes);
    checkTokens(connection.bytes, this.#roll, tokens);
    if (connection.bytes.length === 0) return undefined;
    const [answer] = readStrictly(connection.bytes, GET, connection.end).answers;
    if (answer?.body.includes(tokens.U))
      throw new FuzzFailure("wrong-token", "the answer belongs to the request that follows");
    if (staysOpen(connection, answer)) {
      await askNext(connection, this.#setting, { methods: GET, token: tokens.U });
      checkTokens(connection.bytes, this.#roll, tokens);
    }
    return answer;
  }
}

function kindOf(answer: HttpAnswer | undefined): string {
  if (!answer) return "closed";
  return answer.isComplete ? String(answer.status) : `${answer.status}, cut`;
}
