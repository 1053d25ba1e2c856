import type { HttpAnswer } from "../front/http-answer.ts";
import { allAnswerSeeds, answerSeeds, answerWords } from "./answer-seeds.ts";
import { type FrontAttempt, FrontCampaign } from "./front-campaign.ts";
import { askNext, type FrontSetting, ordinaryGet, staysOpen } from "./front-setting.ts";
import { FuzzFailure } from "./fuzz-failure.ts";
import { checkTokens, countWhole, failHang, readStrictly } from "./judge.ts";
import { withTokens } from "./tokens.ts";

const SERVER_ERROR = 500;
const GET = ["GET"];

/** Mutated answers of a worker: the front gives its client one clean answer or breaks off, and the next request gets its own. */
export class AnswerCampaign extends FrontCampaign {
  readonly kind = "answers";

  constructor(setting: FrontSetting) {
    super(setting, { seeds: allAnswerSeeds, words: answerWords, good: answerSeeds });
  }

  protected refusal(answer: HttpAnswer | undefined): string | undefined {
    const isPassedOn = answer?.isComplete === true && answer.status < SERVER_ERROR;
    return isPassedOn ? undefined : "an ordinary answer was not passed on";
  }

  protected async exchange({ connection, input, tokens }: FrontAttempt): Promise<HttpAnswer | undefined> {
    const { front, worker, hangMs } = this.setting;
    worker.expect(tokens.T, withTokens(input, tokens));
    worker.expect(tokens.U);
    connection.send(ordinaryGet(front, tokens.T));
    if (!(await connection.until(() => countWhole(connection.bytes, GET) === 1, hangMs)))
      failHang(hangMs, connection.bytes);
    checkTokens(connection.bytes, this.roll, tokens);
    if (connection.bytes.length === 0) return undefined;
    const [answer] = readStrictly(connection.bytes, GET, connection.end).answers;
    if (answer?.body.includes(tokens.U))
      throw new FuzzFailure("wrong-token", "the answer belongs to the request that follows");
    if (staysOpen(connection, answer)) {
      await askNext(connection, this.setting, { methods: GET, token: tokens.U });
      checkTokens(connection.bytes, this.roll, tokens);
    }
    return answer;
  }
}
