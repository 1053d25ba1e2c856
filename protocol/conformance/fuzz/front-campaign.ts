import type { HttpAnswer } from "../front/http-answer.ts";
import type { Campaign } from "./campaign.ts";
import { checkPackets, type FrontSetting } from "./front-setting.ts";
import { FuzzConnection } from "./fuzz-connection.ts";
import { FuzzFailure } from "./fuzz-failure.ts";
import { inputFrom, type Seeds } from "./input.ts";
import { answerKind } from "./judge.ts";
import { type RunTokens, TokenRoll } from "./tokens.ts";

/** What is mutated for a front. */
export interface FrontInputs {
  readonly seeds: Seeds;
  readonly words: Parameters<typeof inputFrom>[1];
  /** Inputs that every front takes. The first is the ordinary one. */
  readonly good: Seeds;
}

/** One attempt on a connection of its own. */
export interface FrontAttempt {
  readonly connection: FuzzConnection;
  readonly input: Buffer;
  readonly tokens: RunTokens;
}

/** A campaign whose subject is a front, between a client and a worker that are ours. */
export abstract class FrontCampaign implements Campaign {
  abstract readonly kind: Campaign["kind"];
  readonly ordinary: Buffer;
  protected readonly setting: FrontSetting;
  protected readonly roll: TokenRoll;
  readonly #inputs: FrontInputs;
  readonly #good: ReadonlySet<string>;

  constructor(setting: FrontSetting, inputs: FrontInputs) {
    this.setting = setting;
    this.roll = new TokenRoll(setting.seed);
    this.ordinary = inputs.good[0];
    this.#inputs = inputs;
    this.#good = new Set(inputs.good.map((bytes) => bytes.toString("latin1")));
  }

  inputOf(run: number): Buffer {
    const { seeds, words } = this.#inputs;
    return inputFrom(seeds, words, { seed: this.setting.seed, run });
  }

  isAlive(): Promise<boolean> {
    return FuzzConnection.isPossible(this.setting.front);
  }

  reductions(): Iterable<Buffer> {
    return [];
  }

  async attempt(input: Buffer): Promise<string> {
    const { front, worker } = this.setting;
    const tokens = this.roll.draw();
    const connection = await FuzzConnection.open({ host: front.host, port: front.port });
    try {
      const answer = await this.exchange({ connection, input, tokens });
      checkPackets(worker);
      const fault = this.#good.has(input.toString("latin1")) ? this.refusal(answer) : undefined;
      if (fault !== undefined) throw new FuzzFailure("refused", fault, answerKind(answer));
      return answerKind(answer);
    } finally {
      worker.forget(Object.values<string>({ ...tokens }));
      connection.close();
    }
  }

  /**
   * Send the input and judge what comes back.
   *
   * @returns The first answer; `undefined`: there was none.
   * @throws {@link FuzzFailure}
   */
  protected abstract exchange(attempt: FrontAttempt): Promise<HttpAnswer | undefined>;

  /** What is wrong with the answer to a good input; `undefined`: nothing. */
  protected abstract refusal(answer: HttpAnswer | undefined): string | undefined;
}
