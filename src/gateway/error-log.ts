import type { ErrorStream } from "./types.ts";

/** Control characters but TAB: a client's bytes in a message may not move the cursor of whoever reads the log. */
const CONTROL = /[^\t\u0020-\u007e\u00a0-\uffff]/g;

/** `wsgi.errors`: cuts what the application writes into lines and hands each to the server's log. */
export class ErrorLog implements ErrorStream {
  readonly #logLine: (line: string) => void;
  #partial = "";

  /** @param logLine - Called once per line, without its line end. */
  constructor(logLine: (line: string) => void) {
    this.#logLine = logLine;
  }

  write(text: string): void {
    const lines = (this.#partial + text).split("\n");
    this.#partial = lines.pop() ?? "";
    for (const line of lines) this.#log(line);
  }

  writelines(lines: Iterable<string>): void {
    for (const line of lines) this.write(line);
  }

  flush(): Promise<void> {
    if (this.#partial !== "") this.#log(this.#partial);
    this.#partial = "";
    return Promise.resolve();
  }

  #log(line: string): void {
    this.#logLine(line.replace(CONTROL, escaped));
  }
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
