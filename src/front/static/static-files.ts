import { access } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import type { HeaderPair } from "../../codec/response-head.ts";
import type { Logger } from "../../log.ts";
import type { Failure } from "../explain/failure.ts";
import { isPassing } from "../files/passing-failure.ts";
import { loggedUri } from "../refusal-log.ts";
import type { ParsedRequest } from "../request/parsed-request.ts";
import type { ClientResponse } from "../response/client-response.ts";
import { FileStore, type LookUp } from "./file-store.ts";
import type { ServedFile } from "./served-file.ts";
import type { StaticOptions } from "./static-options.ts";
import { deliver } from "./static-response.ts";
import { type StaticRoute, StaticRoutes } from "./static-routes.ts";

/** {@link StaticOptions} with every default filled in, and what else is needed of the front. */
export interface StaticSettings extends Required<StaticOptions> {
  /** Where requests are passed on to; empty, and no routes: nowhere. */
  readonly to: readonly string[];
  readonly routes: readonly unknown[];
  readonly log: Logger;
  /** Whether the query of a target may be logged. */
  readonly logQuery: boolean;
}

/** A request that was found valid, and how it is answered. */
export interface StaticRequest {
  readonly id: string;
  readonly parsed: ParsedRequest;
  /** Where it goes when it is none for a file. A longer prefix than that of the file goes first. */
  readonly route: { readonly prefix?: string };
  readonly response: ServerResponse;
  /** The same response, for everything but a file. */
  readonly answer: ClientResponse;
  /** It is none for a static file after all. */
  pass(): void;
  fail(failure: Failure, headers?: readonly HeaderPair[]): void;
}

const REASONS: Readonly<Record<number, string>> = {
  403: "the file can not be read by the server",
  404: "no such file",
  405: "static files are for GET and HEAD",
  412: "the file is not in the state the request asks for",
  416: "the file has no such range",
};
const ALLOW: HeaderPair = ["Allow", "GET, HEAD"];

/** Serves files from the disk, and leaves to the workers what is none. */
export class StaticFiles {
  readonly #settings: StaticSettings;
  readonly #routes: StaticRoutes;
  readonly #store: FileStore;

  constructor(settings: StaticSettings) {
    this.#settings = settings;
    this.#routes = new StaticRoutes(settings, settings.to.length + settings.routes.length > 0);
    this.#store = new FileStore(settings);
    for (const { path } of this.#routes.roots) void this.#warnIfMissing(path);
  }

  /**
   * Answer a request, now or when the disk has been asked.
   *
   * @returns True: it is none for a static file. False: it is, or may be, see {@link StaticRequest.pass}.
   */
  enter(request: StaticRequest): boolean {
    const { method } = request.parsed;
    const { prefix = "" } = request.route;
    const path = wholePath(request.parsed);
    const mayRecall = prefix === "" && (method === "GET" || method === "HEAD");
    const file = mayRecall ? this.#store.recallFile(path) : undefined;
    if (file) {
      this.#deliver(request, file);
      return false;
    }
    const route = this.#routes.route(method, path, prefix);
    if (route === "pass") return true;
    if (typeof route === "number") this.#refuse(request, route, route === 405 ? [ALLOW] : []);
    else this.#look(request, route);
    return false;
  }

  #look(request: StaticRequest, { places, otherwise }: StaticRoute): void {
    const settle = (found: LookUp): void => {
      if (found.type !== "missing" || otherwise === 404) this.#answer(request, found);
      else request.pass();
    };
    const known = this.#store.recall(places);
    if (known) settle(known);
    else this.#store.find(places).then(settle, (error: unknown) => this.#fail(request, error));
  }

  #answer(request: StaticRequest, found: LookUp): void {
    if (found.type === "file") this.#deliver(request, found.file);
    else if (found.type === "redirect") this.#redirect(request);
    else this.#refuse(request, found.type === "forbidden" ? 403 : 404);
  }

  #deliver(request: StaticRequest, file: ServedFile): void {
    const { parsed, response, answer } = request;
    const { method, headerVars } = parsed;
    deliver(file, {
      method,
      headerVars,
      response,
      closing: () => answer.closing(),
      refuse: (status, headers) => this.#refuse(request, status, headers),
    })?.catch((error: unknown) => this.#fail(request, error));
  }

  /** It may come later, but a slip of the pen is more likely. */
  async #warnIfMissing(path: string): Promise<void> {
    await access(path).catch(({ code: errno }: NodeJS.ErrnoException) => {
      this.#settings.log.warn({ path, errno }, "there is nothing to serve static files from");
    });
  }

  /** The Location has no host, and its path has one slash at its beginning: it can not lead elsewhere. */
  #redirect({ parsed, answer }: StaticRequest): void {
    const path = Buffer.from(wholePath(parsed), "latin1").toString();
    const query = parsed.queryString === "" ? "" : `?${parsed.queryString}`;
    const location = `${path.split("/").map(encodeURIComponent).join("/")}/${query}`;
    answer.redirect(301, location);
  }

  #refuse(request: StaticRequest, status: number, headers: readonly HeaderPair[] = []): void {
    const { id: requestId, parsed } = request;
    const reason = REASONS[status] ?? "";
    const { method, requestUri } = parsed;
    const uri = loggedUri(requestUri, this.#settings.logQuery);
    this.#settings.log.debug({ requestId, status, reason, method, uri }, "a static file was not sent");
    request.fail({ code: undefined, status, reason, phase: "file" }, headers);
  }

  #fail(request: StaticRequest, error: unknown): void {
    const { id: requestId, parsed } = request;
    const { code: errno, message: reason } = error as NodeJS.ErrnoException;
    const status = errno === undefined || isPassing(errno) ? 503 : 500;
    const code = "UWB_ERR_STATIC_FILE";
    const { method, requestUri } = parsed;
    const uri = loggedUri(requestUri, this.#settings.logQuery);
    this.#settings.log.error(
      { requestId, code, status, errno, reason, method, uri },
      "a static file could not be read",
    );
    request.fail({ code, status, reason, errno, phase: "file" });
  }
}

/** The path without regard to routes: files have one place. */
function wholePath({ scriptName, pathInfo }: ParsedRequest): string {
  return scriptName === undefined ? pathInfo : scriptName + pathInfo;
}
