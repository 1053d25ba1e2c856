import { onTestFinished } from "vitest";
import { createFront, type Front } from "../../src/front/front.ts";
import type { FrontOptions } from "../../src/front/options.ts";
import { anyPort } from "./endpoints.ts";
import { type HttpRequest, sendHttp, type WholeResponse } from "./http-client.ts";
import { RecordingLog } from "./recording-log.ts";

/** A front before several servers, and what is seen of them through it. */
export class BalancedFront {
  readonly front: Front;
  readonly port: number;
  readonly log: RecordingLog;

  private constructor(front: Front, port: number, log: RecordingLog) {
    this.front = front;
    this.port = port;
    this.log = log;
  }

  /** One that tries them in turn, unless the options say otherwise. */
  static async start(options: FrontOptions): Promise<BalancedFront> {
    const log = new RecordingLog();
    const front = createFront({
      lb: "round-robin",
      readTimeoutMs: 200,
      failTimeoutMs: 60_000,
      log,
      ...options,
    });
    const endpoint = await front.listen(anyPort);
    onTestFinished(() => front.close(0));
    return new BalancedFront(front, endpoint.type === "tcp" ? endpoint.port : 0, log);
  }

  get(options: HttpRequest = {}): Promise<WholeResponse> {
    return sendHttp(this.port, options);
  }

  /** What clients saw, one after the other: texts of good answers, else statuses. */
  async seen(count: number, options: HttpRequest = {}): Promise<string[]> {
    const answers: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const { status, text } = await this.get(options);
      answers.push(status === 200 ? text : String(status));
    }
    return answers;
  }

  /** Of each server: whether it gets requests, and its failures in a row. */
  get states(): string {
    const { upstreams } = this.front.stats();
    return upstreams.map(({ state, fails }) => `${state} ${fails}`).join(", ");
  }

  /** What was logged about servers. */
  get verdicts(): string[] {
    return this.log.lines.map(({ message }) => message).filter((message) => message.startsWith("a server"));
  }
}

/** The same text several times. */
export function times(count: number, text: string): string[] {
  return Array.from({ length: count }, () => text);
}
