import type { AdviceRule } from "./advice-rule.ts";

/** What to do when the request itself, or a file, was what failed. */
export const REQUEST_ADVICE: readonly AdviceRule[] = [
  {
    code: "UWB_ERR_VARS_TOO_LARGE",
    advise: ({ varsBytes, limits, biggestVars }) => ({
      what: `The vars of this request are ${varsBytes} bytes; the servers take ${limits?.maxVarsBytes}.`,
      next: [
        `The largest are ${biggestVars}. Usually it is cookies: delete those of this site.`,
        "`--backend-buffer-size` is what the servers take: raise it together with `buffer-size` in uWSGI, or `--buffer-size` of our worker.",
      ],
    }),
  },
  {
    code: "UWB_ERR_VARS_TOO_MANY",
    advise: ({ vars, limits }) => ({
      what: `This request has ${vars} vars; the servers take ${limits?.maxVars}.`,
      next: [
        "`--backend-max-vars` is what the servers take: raise it together with `max-vars` in uWSGI, or `--max-vars` of our worker.",
      ],
    }),
  },
  {
    code: "UWB_ERR_REQUEST_INVALID",
    when: ({ status }) => status === 413,
    advise: ({ reason }) => ({
      what: `The request was refused: ${reason}.`,
      next: ["`--client-max-body-size` raises the limit."],
    }),
  },
  {
    code: "UWB_ERR_REQUEST_INVALID",
    when: ({ status }) => status === 431,
    advise: ({ reason }) => ({
      what: `The request was refused: ${reason}.`,
      next: ["Usually it is cookies. `--max-header-size` and `--max-headers` raise the limits."],
    }),
  },
  {
    code: "UWB_ERR_REQUEST_INVALID",
    when: ({ status }) => status === 503,
    advise: ({ reason }) => ({ what: `The request was not served: ${reason}.`, next: [] }),
  },
  {
    code: "UWB_ERR_REQUEST_INVALID",
    advise: ({ reason }) => ({
      what: `The request was refused, and reached no server: ${reason}.`,
      next: [],
    }),
  },
  {
    code: "UWB_ERR_BODY_TOO_LARGE",
    advise: () => ({
      what: "The request body is larger than is accepted.",
      next: ["`--client-max-body-size` raises the limit."],
    }),
  },
  {
    code: "UWB_ERR_BODY_TIMEOUT",
    advise: () => ({
      what: "The client stopped inside its request body.",
      next: ["`--body-timeout` raises the limit for clients that pause."],
    }),
  },
  {
    code: "UWB_ERR_SPOOL",
    advise: ({ reason }) => ({
      what: `The request body could not be stored: ${reason}.`,
      next: ["Has the directory of `--temp-dir` room, and may this user write there?"],
    }),
  },
  {
    code: "UWB_ERR_FILE_NOT_FOUND",
    advise: () => ({
      what: "The application named a file to send, and there is none.",
      next: [
        "Compare what it puts into X-Accel-Redirect or X-Sendfile with `--accel-root PREFIX=DIR` and `--sendfile-root DIR`.",
      ],
    }),
  },
  {
    code: "UWB_ERR_FILE_FORBIDDEN",
    advise: ({ reason }) => ({
      what: `The application named a file that may not be sent: ${reason}.`,
      next: ["It must lie, with its links resolved, in a directory of `--accel-root` or `--sendfile-root`."],
    }),
  },
  {
    code: "UWB_ERR_FILE_READ",
    advise: ({ errno }) => ({
      what: `A file could not be read${errno === undefined ? "" : ` (${errno})`}.`,
      next: ["May the user of the front read it? EMFILE: raise `ulimit -n`."],
    }),
  },
  {
    code: "UWB_ERR_STATIC_FILE",
    advise: ({ errno }) => ({
      what: `A static file could not be read${errno === undefined ? "" : ` (${errno})`}.`,
      next: ["The path is in the log. May the user of the front read it? EMFILE: raise `ulimit -n`."],
    }),
  },
  {
    code: undefined,
    when: ({ status, phase }) => status === 404 && phase === "file",
    advise: () => ({
      what: "There is no such file.",
      next: [
        "`--static-map` claims everything under its prefix; `--check-static DIR` passes on what is not there, and `--static-fallback` has a page for it.",
      ],
    }),
  },
];
