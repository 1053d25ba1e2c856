import { PassThrough } from "node:stream";
import { until } from "./wait.ts";

/** An access log that remembers. */
export class AccessLines {
  readonly stream: PassThrough = new PassThrough();
  #text = "";

  constructor() {
    this.stream.on("data", (chunk: Buffer) => {
      this.#text += chunk.toString("latin1");
    });
  }

  get text(): string {
    return this.#text;
  }

  /** The lines, as soon as there are so many. */
  async lines(count: number): Promise<string[]> {
    const all = (): string[] => this.#text.split("\n").slice(0, -1);
    await until(() => all().length >= count, `the log has ${count} lines`);
    return all();
  }

  async records(count: number): Promise<Record<string, unknown>[]> {
    return (await this.lines(count)).map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}
