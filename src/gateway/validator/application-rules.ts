/** What a server may expect of an application, or of the middleware, that it calls. */
export const APPLICATION_RULES = {
  A01: ["error", "an application is a function", "pass (environ, startResponse) => body"],
  // startResponse
  A10: [
    "error",
    "startResponse takes (status, headers) and perhaps an error",
    "pass these, and nothing else",
  ],
  A11: [
    "error",
    "startResponse is called once, or again with an error",
    "pass the error that was caught as third argument",
  ],
  A12: ["error", "the third argument of startResponse is what was caught", "pass the caught value itself"],
  A13: ["warning", "what was caught is an Error", "throw new Error(...)"],
  // the status
  A14: ["error", "a numeric status is a whole number from 200 to 999", "pass the code as an integer"],
  A15: ["error", "the status is a string or a number", 'write it like "200 OK"'],
  A16: ["error", "the status starts with a code of three digits", 'write it like "200 OK"'],
  A17: [
    "error",
    "the reason is text of one line and one byte per character, without blanks around it",
    "take the character out",
  ],
  A18: ["error", "the code is followed by a space", 'write it like "200 OK"'],
  A19: ["warning", "the status has a reason phrase", "write one, or pass the code as a number"],
  A20: ["error", "a 1xx status is no final one", "leave interim responses to the front"],
  // the headers
  A21: ["error", "headers are an array of pairs", 'write [["Content-Type", "text/plain"]]'],
  A22: ["error", "a header is a [name, value] pair", "make it an array of two strings"],
  A23: ["error", "the name of a header is a string", "make the name the first of the pair"],
  A24: ["error", "the name of a header is a token", "use letters, digits and hyphens only"],
  A25: ["error", "the value of a header is a string", "convert it with String()"],
  A26: [
    "error",
    "the value of a header has no control characters",
    "never copy what a client sent unchecked",
  ],
  A27: [
    "error",
    "a character in the value of a header stands for one byte",
    'encode text to UTF-8 first: Buffer.from(text).toString("latin1")',
  ],
  A28: ["warning", "the value of a header has no blanks around it", "trim it"],
  A29: ["error", "hop-by-hop headers belong to the server", "leave it out"],
  A30: ["error", "Status is not a header", "use the first argument of startResponse"],
  A31: ["error", "keys of the gateway are not headers", "leave it out, or choose another name"],
  A32: ["error", "there is one Content-Length at most", "replace the first one instead of adding another"],
  A33: ["error", "Content-Length is 1 to 15 digits", "write the number of bytes with String()"],
  A34: ["error", "a 204 has no Content-Length", "leave it out"],
  A35: ["warning", "a response without a body has no Content-Type", "leave it out"],
  A36: ["warning", "a response with a body has a Content-Type", "add one"],
  A53: ["warning", "a Content-Type of text names its charset", 'add "; charset=utf-8"'],
  // write()
  A40: ["error", "write takes one argument", "pass the bytes alone"],
  A41: ["error", "write takes bytes", "encode text with Buffer.from(text)"],
  A42: ["error", "write is called before the application returns", "yield what comes later from the body"],
  // the length and the contents of the body
  A50: [
    "error",
    "the body is not longer than Content-Length",
    "count bytes, not characters, or announce no length",
  ],
  A51: ["error", "a 204 and a 304 have no body", "return []"],
  A52: [
    "warning",
    "a body with charset=utf-8 is UTF-8",
    "encode it with Buffer.from(text), or name its charset",
  ],
  A73: ["warning", "the body is not shorter than Content-Length", "send all of it, or announce no length"],
  // what is returned
  A60: ["error", "the application returns a body", "return an iterable of bytes, if only []"],
  A61: ["error", "a body is not a string", "return [Buffer.from(text)]"],
  A62: ["error", "a body is not bare bytes", "return them in an array: [bytes]"],
  A63: ["error", "a body can be iterated", "return an array, a generator or a stream of bytes"],
  A64: ["error", "close of a body is a function", "make it a method, or leave it out"],
  A65: ["warning", "an array holds blocks, not single bytes", "return one Buffer in an array"],
  A66: [
    "error",
    "middleware sets keys without a dot to strings",
    "delete what is missing, and give other values a name with a dot",
  ],
  // what is in the body
  A70: ["error", "a block is bytes", "encode text with Buffer.from(text)"],
  A71: ["error", "startResponse is called before the first block", "call it, then yield"],
  A72: ["error", "startResponse is called before the body ends", "call it in every case"],
  // reading and logging
  A80: ["error", "methods of wsgi.input take no more than their argument", "pass the size alone"],
  A81: ["error", "a size is an integer", "pass a number of bytes, or nothing to read everything"],
  A82: ["error", "wsgi.input is not closed by the application", "leave it: the server closes it"],
  A83: ["error", "only InputStream's part of wsgi.input is used", "use read, readline, readlines or chunks"],
  A84: ["error", "wsgi.errors.write takes one string", "convert the value, and end it with a line feed"],
  A85: ["error", "wsgi.errors.writelines takes strings", "pass an array of strings"],
  A86: ["error", "wsgi.errors is not closed by the application", "use flush(), or nothing"],
  A87: ["error", "the request body is read while the response is not over", "read it before the body ends"],
  A88: ["warning", "one task at a time reads the request body", "let one task read, and hand on what it got"],
} as const;
