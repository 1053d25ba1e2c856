import type { HeaderPair } from "../../codec/response-head.ts";
import type { Logger } from "../../log.ts";
import { adviceFor } from "./advice.ts";
import { acceptsHtml, detailsHtml, detailsText } from "./details-page.ts";
import type { AnsweredRequest, ErrorAnswer, Page } from "./error-answer.ts";
import { ErrorPages } from "./error-pages.ts";
import type { ExplainOptions } from "./explain-options.ts";
import type { Failure } from "./failure.ts";
import { proxyErrorOf } from "./proxy-error.ts";
import { encodeProxyStatus } from "./proxy-status.ts";

/** How a front answers. */
export interface ErrorAnswerRules {
  /** Tell the client everything. */
  readonly errorDetails: boolean;
  /** The field that has the request id. */
  readonly idField: string;
  readonly pages: ErrorPages | undefined;
}

const PLAIN = "text/plain; charset=utf-8";
/** Their reasons are written for the client. */
const REFUSALS = new Set<string>(["UWB_ERR_REQUEST_INVALID", "UWB_ERR_TOO_MANY_REQUESTS"]);
const EMPTY: Page = { text: "", contentType: PLAIN };

/** Writes the answers of a front that could not serve a request: a page, and the fields that say why. */
export class ErrorAnswers {
  readonly #rules: ErrorAnswerRules;

  constructor(rules: Partial<ErrorAnswerRules> = {}) {
    this.#rules = { errorDetails: false, idField: "X-Request-Id", pages: undefined, ...rules };
  }

  /** @param headers - Of this answer alone, such as `Allow`. */
  answerTo(failure: Failure, request: AnsweredRequest, headers: readonly HeaderPair[] = []): ErrorAnswer {
    const { errorDetails, idField, pages } = this.#rules;
    const { status } = failure;
    // What is no error, such as the answer to `OPTIONS *`.
    if (status < 400) return { status, page: EMPTY, headers: [[idField, request.id], ...headers] };
    const fields: HeaderPair[] = [
      [idField, request.id],
      ["Proxy-Status", this.#proxyStatus(failure)],
      ...headers,
    ];
    if (status === 503 && !headers.some(([name]) => name === "Retry-After"))
      fields.push(["Retry-After", "1"]);
    if (errorDetails) {
      fields.push(["Cache-Control", "no-store"], ["Content-Security-Policy", "default-src 'none'"]);
      return { status, page: detailsPage(failure, request), headers: fields };
    }
    const page = pages?.pageFor(status) ?? { text: plainText(failure, request.id), contentType: PLAIN };
    return { status, page, headers: fields };
  }

  #proxyStatus(failure: Failure): string {
    const { errorDetails } = this.#rules;
    return encodeProxyStatus({
      error: proxyErrorOf(failure),
      nextHop: errorDetails ? failure.target : undefined,
      receivedStatus: failure.receivedStatus,
      details: errorDetails ? failure.reason : publicReason(failure),
    });
  }
}

/** @throws {@link ConfigError} when an error page can not be read. */
export function createErrorAnswers(
  settings: Required<ExplainOptions> & { readonly log: Logger; readonly requestIdHeader: string | false },
): ErrorAnswers {
  const { errorDetails, errorPages, log, requestIdHeader } = settings;
  const pages = Object.keys(errorPages).length === 0 ? undefined : new ErrorPages(errorPages, log);
  return new ErrorAnswers({ errorDetails, pages, idField: requestIdHeader || "X-Request-Id" });
}

function detailsPage(failure: Failure, request: AnsweredRequest): Page {
  const advice = adviceFor(failure);
  return acceptsHtml(request.accept)
    ? { text: detailsHtml(failure, advice, request), contentType: "text/html; charset=utf-8" }
    : { text: detailsText(failure, advice, request.id), contentType: PLAIN };
}

function plainText(failure: Failure, id: string): string {
  return `${publicReason(failure)}\nrequest ${id}\n`;
}

/** As much as everybody may know: what a client did wrong, and of what went wrong here the code alone. */
function publicReason({ code, reason }: Failure): string {
  if (code === undefined) return reason;
  return REFUSALS.has(code) ? `${code}: ${reason}` : code;
}
