/** One rule: how bad breaking it is, what has to hold, and what to do when it does not. */
export type LintRule = readonly [level: "error" | "warning", rule: string, fix: string];

/** What an application may expect of the server, or of the middleware, that calls it. */
export const SERVER_RULES = {
  // the call
  S01: ["error", "an application is called with (environ, startResponse)", "pass exactly these two"],
  S02: ["error", "startResponse is a function", "pass the function that takes the status and the headers"],
  S03: ["error", "environ is a plain object", "build it with Object.create(null), or as a literal"],
  S04: ["error", "the application may change environ", "do not freeze it, and define no read-only keys"],
  S32: ["error", "every request has an environ of its own", "build a new one, or pass a copy"],
  // what is in the environ
  S05: ["error", "environ has every key that PEP 3333 requires", "set it for each request"],
  S06: [
    "error",
    "what identifies the request is not empty",
    "fall back to what the connection tells, or answer 400",
  ],
  S07: [
    "error",
    "keys without a dot hold strings",
    "leave out what is missing, and convert the rest with String()",
  ],
  S08: ["error", "a character of a CGI string stands for one byte", "decode what the peer sent as latin1"],
  S09: ["warning", "names of extension keys use a-z, 0-9, dot and underscore", "rename the key"],
  S10: ["error", "the entity headers have no HTTP_ in front", "drop the key, and set the one without HTTP_"],
  S11: ["error", "REQUEST_METHOD is a token", "answer such a request with 400"],
  S12: [
    "warning",
    "REQUEST_METHOD is a registered method",
    "check its spelling: upper and lower case differ",
  ],
  S13: ["error", 'SCRIPT_NAME is empty or starts with "/"', 'put a "/" in front'],
  S14: ["error", 'SCRIPT_NAME is not "/"', 'make SCRIPT_NAME "" and PATH_INFO "/"'],
  S15: ["warning", 'SCRIPT_NAME does not end with "/"', "leave that slash to PATH_INFO"],
  S16: [
    "error",
    'PATH_INFO is empty or starts with "/", but for OPTIONS * and CONNECT',
    "pass the path alone, without scheme and host",
  ],
  S17: ["error", "SCRIPT_NAME or PATH_INFO is set", 'set PATH_INFO, at the root to "/"'],
  S18: ["warning", "QUERY_STRING is present", 'set it to "" when the URL has none'],
  S19: ["error", "CONTENT_LENGTH is empty or 1 to 15 digits", "answer such a request with 400"],
  S22: ["error", "SERVER_PORT is digits", "pass the number of the port alone"],
  S23: ["error", "SERVER_PROTOCOL is a protocol and its version", 'pass "HTTP/1.1", or what the client sent'],
  S33: [
    "warning",
    "SERVER_NAME is a host name or an address, one of IPv6 in brackets",
    "let the front pass the host, in nginx: uwsgi_param SERVER_NAME $host",
  ],
  S24: ["error", "wsgi.version is [major, minor]", "set it to [1, 0]"],
  S25: ["error", 'wsgi.url_scheme is "http" or "https"', "set it to the scheme of the client's URL"],
  S26: ["error", "flags are booleans", "set it to true or false"],
  S27: ["error", "wsgi.input has all methods of InputStream", "add what is missing"],
  S28: ["error", "wsgi.errors has all methods of ErrorStream", "add what is missing"],
  S29: ["error", "wsgi.file_wrapper is a function", "set it to one, or leave the key out"],
  S30: ["error", "uwsgi_bridge.response_finished is an array", "set it to [] for each request"],
  S31: ["error", "uwsgi_bridge.signal is an AbortSignal", "set it to the signal of an AbortController"],
  // what the server hands out, and calls later
  S20: ["error", "startResponse returns the write function", "return it from every call"],
  S21: ["error", "write returns undefined or a promise", "return a promise when the connection is full"],
  S34: [
    "error",
    "callables of response_finished run once, the last registered first",
    "walk the array once, from its end",
  ],
  // what the server does with the body
  S40: ["warning", "close() is called on every body", "call it in every outcome, also on what is not sent"],
  S41: ["error", "close() is called once", "remember that the body was closed"],
  S42: ["error", "a body is iterated once", "keep the blocks that are needed again"],
  S43: [
    "error",
    "a body is left alone behind its close()",
    "close it when the iteration is over, not before",
  ],
  S44: ["error", "a block is asked for when the one before it has come", "wait for the promise of next()"],
  S45: [
    "error",
    "a body is not read ahead of the connection",
    "wait until a block is sent before the next one",
  ],
  // what the server gives when the request body is read
  S50: ["error", "reading gives a promise of bytes", "resolve to a Buffer, an empty one at the end"],
  S51: [
    "error",
    "read gives the bytes asked for, fewer only at the end of the body",
    "wait for more, and end where CONTENT_LENGTH ends",
  ],
  S52: ["error", "readline gives one whole line", "cut behind the first line feed, or at the size asked for"],
  S53: ["error", "readlines gives an array of bytes", "resolve to an array with one Buffer per line"],
} as const;
