import { Channel } from "./channel.ts";

/** What the application and a test tell each other, under a key that the test puts in the path. */
export class Stage {
  readonly #channels = new Map<string, Channel<unknown>>();

  channel<T>(key: string): Channel<T> {
    let channel = this.#channels.get(key);
    if (!channel) {
      channel = new Channel();
      this.#channels.set(key, channel);
    }
    return channel as Channel<T>;
  }
}
