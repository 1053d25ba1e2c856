/** Places of lines that were taken are given back when there are this many. */
const MANY_LINES = 1024;

/** Lines that wait to be written. It never holds more than its limit: what comes then is counted, and lost. */
export class LineBuffer {
  readonly #maxBytes: number;
  #lines: string[] = [];
  #first = 0;
  #bytes = 0;
  #lost = 0;

  /** @param maxBytes - One line more is taken while less than this waits. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** Lines lost since somebody was last told. */
  get lost(): number {
    return this.#lost;
  }

  /** Add a line of ASCII characters, without its end. @returns False: there was no room, and it is lost */
  push(line: string): boolean {
    if (this.#bytes + line.length >= this.#maxBytes) {
      this.#lost += 1;
      return false;
    }
    this.#lines.push(line);
    this.#bytes += line.length + 1;
    return true;
  }

  /** Take whole lines, up to a size; at least one. */
  take(maxBytes: number): string {
    let text = "";
    while (this.#first < this.#lines.length) {
      const line = this.#lines[this.#first] as string;
      if (text !== "" && text.length + line.length + 1 > maxBytes) break;
      text += `${line}\n`;
      this.#first += 1;
    }
    if (this.#first === this.#lines.length || this.#first > MANY_LINES) {
      this.#lines = this.#lines.slice(this.#first);
      this.#first = 0;
    }
    this.#bytes -= text.length;
    return text;
  }

  /** Lines that could not be written are lost as well. */
  lose(lines: number): void {
    this.#lost += lines;
  }

  /** Somebody is told how many lines were lost. */
  report(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }
}
