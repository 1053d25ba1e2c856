import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import type { Logger } from "../log.ts";
import { descriptorLimit } from "./descriptor-limit.ts";
import { RepeatedWarning } from "./repeated-warning.ts";

const LOOK_EVERY_MS = 1000;

/**
 * Notices that no descriptor is left. Node does not tell: it accepts the connections that wait, and closes them without a word.
 */
export class DescriptorWatch {
  readonly #log: Logger;
  readonly #warning: RepeatedWarning;
  readonly #timer: NodeJS.Timeout;
  /** Read in good time: that takes a descriptor itself. */
  readonly #limit: number | undefined = descriptorLimit();
  #isExhausted = false;

  /** @param everyMs - How often to look. @defaultValue a second */
  constructor(log: Logger, everyMs: number = LOOK_EVERY_MS) {
    this.#log = log;
    this.#warning = new RepeatedWarning(
      log,
      "no descriptor is left: connections are closed without an answer, and files can not be opened",
    );
    this.#timer = setInterval(() => this.#look(), everyMs).unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#warning.close();
  }

  #look(): void {
    const errno = problemOfOpening();
    if (errno !== undefined) {
      this.#isExhausted = true;
      this.#warning.occurred({ code: "UWB_ERR_DESCRIPTORS", errno, limit: this.#limit });
    } else if (this.#isExhausted) {
      this.#isExhausted = false;
      this.#log.info({}, "there are descriptors again");
    }
  }
}

/** What the system says when one more descriptor is asked for: `EMFILE`, this process has none left; `ENFILE`, nobody has. */
function problemOfOpening(): string | undefined {
  try {
    closeSync(openSync(devNull, "r"));
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "EMFILE" || code === "ENFILE" ? code : undefined;
  }
}
