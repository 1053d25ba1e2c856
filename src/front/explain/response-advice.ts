import { UWSGI_DEFAULTS } from "../../codec/constants.ts";
import type { AdviceRule } from "./advice-rule.ts";
import type { Failure, PeerSpeech } from "./failure.ts";

/** The most frequent reason of a connection that closes without an answer. */
const { maxVarsBytes: UWSGI_BUFFER_SIZE, maxVars: UWSGI_MAX_VARS } = UWSGI_DEFAULTS;
const SIZE_STEP = 4096;

const SPEECH: Readonly<Record<PeerSpeech, string>> = {
  html: "an HTML page: this port speaks HTTP, not uwsgi",
  tls: "the beginning of TLS: this port speaks HTTPS, not uwsgi",
  fastcgi: "a FastCGI record: this port speaks FastCGI, not uwsgi",
  http2: "frames of HTTP/2: this port speaks HTTP, not uwsgi",
};

/** What to do when a server was connected, and its response did not come, or not as it should. */
export const RESPONSE_ADVICE: readonly AdviceRule[] = [
  ...(["UWB_ERR_UPSTREAM_CLOSED", "UWB_ERR_UPSTREAM_RESET"] as const).flatMap((code): AdviceRule[] => [
    {
      code,
      when: ({ varsBytes = 0, phase }) => phase !== "body" && varsBytes > UWSGI_BUFFER_SIZE,
      advise: ({ target = "", varsBytes = 0, biggestVars }) => ({
        what: `${target} closed the connection without an answer. The vars of this request are ${varsBytes} bytes; uWSGI's default buffer-size is ${UWSGI_BUFFER_SIZE}.`,
        next: [
          `If it is uWSGI: \`buffer-size = ${fittingSize(varsBytes)}\` in its ini.`,
          `Or make them smaller. The largest are ${biggestVars}.`,
          "`--backend-buffer-size` tells the front what the server takes: what is larger is then answered 431, with a log line.",
        ],
      }),
    },
    {
      code,
      when: ({ vars = 0, phase }) => phase !== "body" && vars > UWSGI_MAX_VARS,
      advise: ({ target = "", vars }) => ({
        what: `${target} closed the connection without an answer. This request has ${vars} vars; uWSGI's default max-vars is ${UWSGI_MAX_VARS}.`,
        next: [
          "If it is uWSGI: `max-vars = 256` in its ini.",
          "`--backend-max-vars` tells the front what the server takes.",
        ],
      }),
    },
    {
      code,
      when: ({ phase }) => phase === "body",
      advise: ({ target = "", receivedBytes }) => ({
        what: `${target} broke the connection off after ${receivedBytes} bytes of its response.`,
        next: ["Its log tells why: a crash, a kill (out of memory?), a harakiri, or a reload without mercy."],
      }),
    },
    {
      code,
      advise: ({ target = "" }) => ({
        what: `${target} closed the connection without a byte of answer.`,
        next: [
          "Its log tells why: an exception outside of the application, a crash, a kill, a harakiri.",
          "Does this port speak uwsgi? PHP-FPM (FastCGI), and HTTP servers, close what they do not understand. For uWSGI: the address of `socket`, not of `http`.",
        ],
      }),
    },
  ]),
  {
    code: "UWB_ERR_UPSTREAM_READ_TIMEOUT",
    when: ({ phase }) => phase === "body",
    advise: ({ target = "", limits, receivedBytes }) => ({
      what: `${target} went silent for ${limits?.readTimeoutMs} ms inside its response, after ${receivedBytes} bytes.`,
      next: ["`--read-timeout` raises the limit. Event streams (text/event-stream) are exempt from it."],
    }),
  },
  {
    code: "UWB_ERR_UPSTREAM_READ_TIMEOUT",
    advise: ({ target = "", limits }) => ({
      what: `${target} took the request and sent nothing for ${limits?.readTimeoutMs} ms.`,
      next: [
        "The application is slow, hangs, or all processes of the worker are busy: its log, or its statistics (`--stats`), tell.",
        "`--read-timeout` raises the limit.",
        "Does this port speak uwsgi? A server that expects something else may wait for more.",
      ],
    }),
  },
  {
    code: "UWB_ERR_UPSTREAM_SEND_TIMEOUT",
    advise: ({ target = "", limits, sentBytes }) => ({
      what: `${target} took nothing of the request body for ${limits?.sendTimeoutMs} ms, after ${sentBytes} bytes.`,
      next: ["The application does not read its input.", "`--send-timeout` raises the limit."],
    }),
  },
  {
    code: "UWB_ERR_RESPONSE_MALFORMED",
    when: ({ speech }) => speech !== undefined,
    advise: ({ target = "", speech }) => ({
      what: `What ${target} sent is ${SPEECH[speech ?? "html"]}.`,
      next: [
        "Name the port of its uwsgi socket: for uWSGI the address of `socket`, not of `http` or `http-socket`.",
        "An application that listens for HTTP itself needs no front: or run it with `uwsgi-bridge worker`.",
      ],
    }),
  },
  {
    code: "UWB_ERR_RESPONSE_MALFORMED",
    advise: ({ target = "", reason }) => ({
      what: `What ${target} sent is no response: ${reason}.`,
      next: [
        `Look at it: \`uwsgi-bridge request -i ${target} /\`.`,
        "Does this port speak uwsgi? For uWSGI: the address of `socket`, not of `http`.",
        "An application that prints to its standard output in CGI manner may have written before the head.",
      ],
    }),
  },
  ...(["UWB_ERR_RESPONSE_FRAMING", "UWB_ERR_CHUNK_MALFORMED"] as const).map(
    (code): AdviceRule => ({
      code,
      when: ({ phase }) => phase !== "request",
      advise: ({ target = "", reason }) => ({
        what: `The length of the response of ${target} can be read in two ways: ${reason}.`,
        next: [
          "Look for the application, or the middleware, that sets Content-Length or Transfer-Encoding itself.",
        ],
      }),
    }),
  ),
  {
    code: "UWB_ERR_RESPONSE_TOO_LARGE",
    advise: ({ target = "", reason }) => ({
      what: `The head of the response of ${target} is too large: ${reason}.`,
      next: ["Usually too many cookies, or one that grows with each response."],
    }),
  },
  {
    code: "UWB_ERR_RESPONSE_TRUNCATED",
    advise: ({ target = "", receivedBytes }) => ({
      what: `${target} closed inside its response, after ${receivedBytes} bytes.`,
      next: [
        "Its log tells why: a crash, a kill (out of memory?), a harakiri.",
        "Or the application announced more bytes with Content-Length than it sent.",
      ],
    }),
  },
  {
    code: "UWB_ERR_RESPONSE_UPGRADE",
    advise: ({ reason }) => ({
      what: `The application switched protocols when it should not: ${reason}.`,
      next: ["`--upgrade` says which protocols are offered to it."],
    }),
  },
];

/** The next multiple of 4096 that leaves some room, in the range of the format. */
function fittingSize(bytes: NonNullable<Failure["varsBytes"]>): number {
  return Math.min(65_535, Math.ceil(bytes / SIZE_STEP) * SIZE_STEP);
}
