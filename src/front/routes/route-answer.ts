import { STATUS_CODES } from "node:http";
import type { HeaderPair, ResponseHead } from "../../codec/response-head.ts";
import type { Visit } from "../pipeline/visit.ts";
import type { ParsedRequest } from "../request/parsed-request.ts";
import type { Refusal } from "../request/refusal.ts";
import { redirectLocation } from "./redirect-location.ts";
import type { AnswerRouteOptions, RedirectRouteOptions } from "./route-options.ts";

/** What a route answers by itself. */
export interface RouteAnswer {
  answer(visit: Visit): void;
}

const DEFAULT_REDIRECT = 302;
const TEXT: HeaderPair = ["Content-Type", "text/plain; charset=utf-8"];
const ALLOW: HeaderPair = ["Allow", "GET, HEAD"];

/** Nobody is there for these requests. */
export class RefusingAnswer implements RouteAnswer {
  readonly #refusal: Refusal;

  constructor(status: number, reason: string) {
    this.#refusal = { status, reason };
  }

  answer(visit: Visit): void {
    visit.refuse(this.#refusal);
  }
}

/** Sends clients to where something is now. */
export class RedirectAnswer implements RouteAnswer {
  readonly #prefix: string;
  readonly #target: string;
  readonly #status: number;

  constructor(prefix: string, { redirect, status = DEFAULT_REDIRECT }: RedirectRouteOptions) {
    this.#prefix = prefix;
    this.#target = redirect;
    this.#status = status;
  }

  answer(visit: Visit): void {
    const location = redirectLocation(visit.parsed, this.#prefix, this.#target);
    if (location === undefined) visit.refuse({ status: 400, reason: "the path leads to another host" });
    else visit.answer.redirect(this.#status, location);
  }
}

/** Says always the same. */
export class TextAnswer implements RouteAnswer {
  readonly #head: ResponseHead;
  readonly #body: Buffer;

  constructor({ respond, status = 200 }: AnswerRouteOptions) {
    this.#body = hasNoBody(status) ? Buffer.alloc(0) : Buffer.from(respond);
    this.#head = { status, reason: STATUS_CODES[status] ?? "", headers: hasNoBody(status) ? [] : [TEXT] };
  }

  answer(visit: Visit): void {
    const { answer, parsed } = visit;
    const { status } = this.#head;
    if (status < 400 && !isRead(parsed)) {
      visit.refuse({ status: 405, reason: "this is for GET and HEAD", headers: [ALLOW] });
      return;
    }
    const { length } = this.#body;
    if (hasNoBody(status)) answer.begin(this.#head, { type: "none", length: undefined });
    else if (parsed.method === "HEAD") answer.begin(this.#head, { type: "none", length });
    else answer.begin(this.#head, { type: "length", length });
    if (length > 0 && parsed.method !== "HEAD") answer.write(this.#body);
    answer.end();
  }
}

function isRead({ method }: ParsedRequest): boolean {
  return method === "GET" || method === "HEAD";
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}
