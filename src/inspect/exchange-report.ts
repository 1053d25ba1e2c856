import { HEADER_BYTES } from "../codec/constants.ts";
import { annotatedDump, dumpAround } from "./hex-dump.ts";
import { isRequest, modifierName } from "./modifier-names.ts";
import { type ReportOptions, varTable } from "./packet-report.ts";
import {
  type BrokenPacket,
  lastValue,
  PacketScanner,
  type ScanEvent,
  type ScannedPacket,
} from "./packet-scanner.ts";
import { printable } from "./printable.ts";
import { count, formatMs } from "./quantities.ts";
import type { Ending, LinkObserver, Side } from "./relay-link.ts";
import { type ResponseSight, ResponseWatch } from "./response-watch.ts";
import { shownValue } from "./secrets.ts";
import { silentCloseReasons } from "./silent-close.ts";

/** What {@link ExchangeReport} shows. */
export interface ExchangeReportOptions extends ReportOptions {
  /** All vars of a request and all headers of its response. */
  readonly vars: boolean;
  /** Report a larger vars block as an error, in bytes. It passes all the same. @defaultValue 65 535 */
  readonly maxVarsBytes?: number;
}

/**
 * Tells what goes over one relayed connection, line by line while it happens. Every line begins with the
 * number of the connection, because many are open at a time: `->` to the worker, `<-` from it, `!!` something
 * is wrong, `==` the end.
 */
export class ExchangeReport implements LinkObserver {
  readonly #label: string;
  readonly #from: string;
  readonly #options: ExchangeReportOptions;
  readonly #print: (line: string) => void;
  readonly #scanner: PacketScanner;
  readonly #unanswered: ScannedPacket[] = [];
  readonly #endings: string[] = [];
  readonly #sent: Record<Side, number> = { client: 0, worker: 0 };
  #bodyBytes = 0;
  #answer: ResponseWatch | undefined;
  /** Of the answers before the present one. */
  #answerBytes = 0;

  /**
   * @param number - Of the connection.
   * @param context - `from`: the address of the client; `print`: takes the lines.
   */
  constructor(
    number: number,
    options: ExchangeReportOptions,
    context: { readonly from: string | undefined; readonly print: (line: string) => void },
  ) {
    this.#label = `#${number}`;
    this.#from = context.from === undefined ? "" : `, from ${context.from}`;
    this.#options = options;
    this.#scanner = new PacketScanner(options);
    this.#print = context.print;
  }

  onRefused(error: NodeJS.ErrnoException): void {
    this.#say("!!", `the worker can not be reached: ${error.message || error.code}`);
  }

  onBytes(from: Side, chunk: Buffer, atMs: number): void {
    this.#sent[from] += chunk.length;
    if (from === "client") this.#seen(this.#scanner.receive(chunk));
    else this.#answered(chunk, atMs);
  }

  onEnding(of: Side, how: Ending, atMs: number): void {
    this.#endings.push(`${of} ${how}`);
    if (of === "client") this.#seen(this.#scanner.end());
    else if (how === "FIN") this.#sighted(this.#answer?.end() ?? [], atMs);
  }

  onClosed(atMs: number): void {
    this.#seen(this.#scanner.end());
    if (this.#answer && !this.#answer.isOver) this.#say("!!", "the connection ended inside the answer");
    for (const found of this.#unanswered) this.#silent(found);
    const { client, worker } = this.#sent;
    const answerBytes = this.#answerBytes + (this.#answer?.bodyBytes ?? 0);
    const sent = `${count(client, "byte")} to the worker (${this.#bodyBytes} of body)`;
    const received = `${count(worker, "byte")} back (${answerBytes} of body)`;
    this.#say("==", `${formatMs(atMs)}: ${sent}, ${received}; ${this.#endings.join(", ") || "cut"}`);
  }

  #seen(events: readonly ScanEvent[]): void {
    for (const event of events) {
      if (event.type === "packet") this.#request(event.found);
      else if (event.type === "body") this.#body(event.found, event.bodyBytes);
      else this.#broken(event.broken);
    }
  }

  #body({ bodyLength }: ScannedPacket, bodyBytes: number): void {
    this.#bodyBytes += bodyBytes;
    const missing = (bodyLength ?? bodyBytes) - bodyBytes;
    if (missing > 0)
      this.#say("!!", `${missing} of the ${count(bodyLength ?? 0, "byte")} of body never came`);
  }

  #broken({ error, bytes }: BrokenPacket): void {
    this.#say("!!", `not a packet: ${error.message} [${error.code}]`);
    const rows = error.code === "UWB_ERR_NOT_UWSGI" ? 0 : 1;
    this.#detail(dumpAround(bytes, error.offset, { ...this.#options, rows }));
  }

  #request(found: ScannedPacket): void {
    const { packet, bytes, bodyLength } = found;
    const { modifier1, modifier2, vars } = packet;
    const body = bodyLength === undefined ? "a body without a length" : bodyOf(bodyLength);
    const size = `${count(vars.length, "var")} in ${count(bytes.length - HEADER_BYTES, "byte")}`;
    const modifiers = modifier1 === 0 && modifier2 === 0 ? "" : `, modifiers ${modifier1} and ${modifier2}`;
    const what = isRequest(modifier1)
      ? `${requestLine(found)}: ${size}, ${body}`
      : `${modifierName(modifier1)}: ${size}`;
    this.#say("->", `${what}${modifiers}${this.#from}`);
    if (this.#options.vars) this.#detail(varTable(vars, this.#options.showSecrets));
    if (this.#options.hex) this.#detail(annotatedDump(bytes, this.#options.showSecrets));
    this.#unanswered.push(found);
  }

  #answered(chunk: Buffer, atMs: number): void {
    if (!this.#answer || (this.#answer.isOver && this.#unanswered.length > 0)) {
      this.#answerBytes += this.#answer?.bodyBytes ?? 0;
      const packet = this.#unanswered.shift()?.packet;
      this.#answer = new ResponseWatch({
        method: packet ? (lastValue(packet.vars, "REQUEST_METHOD") ?? "GET") : "GET",
        modifier1: packet?.modifier1 ?? 0,
      });
    }
    this.#sighted(this.#answer.receive(chunk), atMs);
  }

  #sighted(sights: readonly ResponseSight[], atMs: number): void {
    for (const sight of sights) this.#tell(sight, atMs);
  }

  #tell(sight: ResponseSight, atMs: number): void {
    switch (sight.type) {
      case "head": {
        const { headers } = sight.head;
        this.#say("<-", `${printable(sight.line)} after ${formatMs(atMs)}`);
        if (this.#options.vars)
          this.#detail(
            headers.map(([name, value]) => `${name}: ${shownValue(name, value, this.#options.showSecrets)}`),
          );
        break;
      }
      case "packet":
        this.#say(
          "<-",
          `a packet after ${formatMs(atMs)}: modifiers ${sight.modifier1} and ${sight.modifier2}`,
        );
        break;
      case "broken": {
        const start = sight.start === undefined ? "" : `; it begins with "${printable(sight.start)}"`;
        this.#say("!!", `${sight.error.message} [${sight.error.code}]${start}`);
        break;
      }
      case "end":
        break;
    }
  }

  #silent({ packet }: ScannedPacket): void {
    this.#say("!!", "the connection ended without an answer");
    this.#detail(silentCloseReasons(packet).map((reason) => `- ${reason}`));
  }

  #say(mark: string, text: string): void {
    this.#print(`${this.#label} ${mark} ${text}`);
  }

  #detail(lines: readonly string[]): void {
    for (const line of lines) this.#print(`${this.#label}    ${line}`);
  }
}

function requestLine({ packet: { vars } }: ScannedPacket): string {
  const get = (name: string): string => lastValue(vars, name) ?? "";
  const query = get("QUERY_STRING");
  const path = `${get("SCRIPT_NAME")}${get("PATH_INFO")}${query === "" ? "" : `?${query}`}`;
  const words = [get("REQUEST_METHOD"), get("REQUEST_URI") || path, get("SERVER_PROTOCOL")];
  const host = get("HTTP_HOST");
  const line = words.filter((word) => word !== "").join(" ");
  return printable(`${line || "a request without a method"}${host === "" ? "" : ` (host ${host})`}`);
}

function bodyOf(length: number): string {
  return length === 0 ? "no body" : `${count(length, "byte")} of body`;
}
