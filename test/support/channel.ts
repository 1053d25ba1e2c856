/** Values that one side pushes and the other awaits, in order. Lets a test and an application wait for each other. */
export class Channel<T> implements AsyncIterable<T> {
  readonly #values: T[] = [];
  readonly #waiting: ((result: IteratorResult<T>) => void)[] = [];
  #isEnded = false;

  push(value: T): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting({ done: false, value });
    else this.#values.push(value);
  }

  end(): void {
    this.#isEnded = true;
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined });
  }

  /** @throws when the channel has ended. */
  async next(): Promise<T> {
    const result = await this.#take();
    if (result.done) throw new Error("the channel has ended");
    return result.value;
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return { next: () => this.#take() };
  }

  #take(): Promise<IteratorResult<T>> {
    if (this.#values.length > 0) return Promise.resolve({ done: false, value: this.#values.shift() as T });
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
