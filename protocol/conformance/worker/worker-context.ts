import type { CaseContext, Split } from "../case.ts";
import { seededRandom } from "../random.ts";
import { splitBytes } from "../split-bytes.ts";
import type { Answer } from "./answer.ts";
import { Conversation } from "./conversation.ts";
import type { Sent } from "./request-bytes.ts";
import type { WorkerTarget } from "./worker-target.ts";

/** How the worker is asked. */
export interface WorkerAsking {
  readonly target: WorkerTarget;
  readonly split: Split;
  readonly seed: number;
  /** Longest time to wait for an answer, in milliseconds. */
  readonly timeoutMs: number;
}

/** The means of one case of the worker suite. */
export class WorkerContext implements CaseContext {
  readonly signal: AbortSignal;
  readonly asking: WorkerAsking;
  /** Names this run of this case to the contract app: no other has it. */
  readonly token: string;
  readonly #id: string;
  #contacts = 0;

  constructor(
    asking: WorkerAsking,
    run: { readonly id: string; readonly token: string; readonly signal: AbortSignal },
  ) {
    this.asking = asking;
    this.token = run.token;
    this.signal = run.signal;
    this.#id = run.id;
  }

  get contacts(): number {
    return this.#contacts;
  }

  /** Connect. @throws when the worker can not be reached. */
  async connect(method = "GET", timeoutMs: number = this.asking.timeoutMs): Promise<Conversation> {
    const conversation = await Conversation.open(this.asking.target, {
      signal: this.signal,
      timeoutMs,
      method,
    });
    this.#contacts += 1;
    return conversation;
  }

  /** The bytes in the pieces the user asked for. */
  pieces(bytes: Buffer): readonly Buffer[] {
    return splitBytes(bytes, this.asking.split, seededRandom(this.asking.seed, this.#id));
  }

  /** One exchange: connect, send, listen to the end. */
  async exchange(
    sent: Sent,
    {
      halfClose = false,
      timeoutMs,
    }: { readonly halfClose?: boolean; readonly timeoutMs?: number | undefined } = {},
  ): Promise<Answer> {
    const conversation = await this.connect(sent.method, timeoutMs);
    const answer = conversation.answer();
    await conversation.write(this.pieces(sent.bytes));
    if (halfClose) conversation.end();
    return answer;
  }
}
