import { describe, expect, test } from "vitest";
import { FileWrapper } from "../../src/gateway/file-wrapper.ts";
import { requestUrl } from "../../src/gateway/request-url.ts";
import { type AnyApp, bytes, prepareRequest, runToEnd } from "./run-gateway.ts";

describe("wsgi.input (PEP 3333, Input and Error Streams)", () => {
  test("has read, readline, readlines and iteration over lines", async () => {
    const { input } = prepareRequest({ body: "one\ntwo\nthree\nfour\nfive" });
    expect(String(await input.read(4))).toBe("one\n");
    expect(String(await input.readline())).toBe("two\n");
    expect((await input.readlines(1)).map(String)).toEqual(["three\n"]);
    const lines: string[] = [];
    for await (const line of input) lines.push(String(line));
    expect(lines).toEqual(["four\n", "five"]);
  });

  test("ends where CONTENT_LENGTH says, however much the peer sends", async () => {
    const { input } = prepareRequest({ body: "abcEXTRA", vars: { CONTENT_LENGTH: "3" } });
    expect(String(await input.read())).toBe("abc");
    expect(await input.read(1)).toHaveLength(0);
  });

  test("gives all that is left to read() without a size, and to one with a negative size", async () => {
    for (const size of [undefined, -1]) {
      const { input } = prepareRequest({ body: "abcdef" });
      await input.read(2);
      expect(String(await input.read(size))).toBe("cdef");
    }
  });

  test("gives an empty block at the end, as often as it is asked", async () => {
    const { input } = prepareRequest({ body: "abc" });
    await input.read();
    for (const size of [undefined, 1, 100]) expect(await input.read(size)).toHaveLength(0);
    expect(await input.readline()).toHaveLength(0);
    expect(await input.readlines()).toEqual([]);
  });

  test("honours the size given to readline", async () => {
    const { input } = prepareRequest({ body: "abcdef\ngh\n" });
    const lines = [await input.readline(4), await input.readline(4), await input.readline(4)];
    expect(lines.map(String)).toEqual(["abcd", "ef\n", "gh\n"]);
  });

  test("honours the hint given to readlines", async () => {
    const { input } = prepareRequest({ body: "ab\ncd\nef\n" });
    expect((await input.readlines(4)).map(String)).toEqual(["ab\n", "cd\n"]);
  });

  test("may be left unread", async () => {
    const app: AnyApp = (_environ, startResponse) => {
      startResponse("200 OK", []);
      return [bytes("ignored")];
    };
    const { outcome, body } = await runToEnd(app, { body: "abcdef" });
    expect({ outcome, body }).toEqual({ outcome: "complete", body: "ignored" });
  });
});

describe("wsgi.errors (PEP 3333, Input and Error Streams)", () => {
  test("has write, writelines and flush, and takes any text", async () => {
    const { environ, errorLines } = prepareRequest();
    const errors = environ["wsgi.errors"];
    errors.write("euro \u20ac\n");
    errors.writelines(["two ", "parts\n", "smile \u{1f600}\n"]);
    errors.write("no line end");
    await errors.flush();
    expect(errorLines).toEqual(["euro \u20ac", "two parts", "smile \u{1f600}", "no line end"]);
  });

  test("may be written to before, while and after the response is made", async () => {
    const app: AnyApp = async function* (environ, startResponse) {
      environ["wsgi.errors"].write("\u20ac\n");
      startResponse("200 OK", []);
      yield bytes("logged");
      environ["wsgi.errors"].write("behind\n");
    };
    const { status, body, errorLines } = await runToEnd(app);
    expect({ status, body, errorLines }).toEqual({
      status: "200 OK",
      body: "logged",
      errorLines: ["\u20ac", "behind"],
    });
  });

  test("hands on a line as soon as it is complete: flush adds nothing then", async () => {
    const { environ, errorLines } = prepareRequest();
    environ["wsgi.errors"].write("at once\n");
    expect(errorLines).toEqual(["at once"]);
    await environ["wsgi.errors"].flush();
    expect(errorLines).toEqual(["at once"]);
  });
});

describe("wsgi.file_wrapper (PEP 3333, Optional Platform-Specific File Handling)", () => {
  test("returns an iterable of the file's blocks", async () => {
    const { body } = await runToEnd((environ, startResponse) => {
      startResponse("200 OK", []);
      return environ["wsgi.file_wrapper"](memoryFile("abcdefgh"), 3);
    });
    expect(body).toBe("abcdefgh");
  });

  test("reads nothing and sends nothing until the server gets the wrapper back", async () => {
    const file = memoryFile("unused");
    const { body } = await runToEnd((environ, startResponse) => {
      startResponse("200 OK", []);
      environ["wsgi.file_wrapper"](file);
      return [bytes("other")];
    });
    expect({ body, reads: file.reads, closed: file.closed }).toEqual({ body: "other", reads: 0, closed: 0 });
  });

  test("starts where the file stands", async () => {
    const { body } = await runToEnd(async (environ, startResponse) => {
      const file = memoryFile("abcdefgh");
      await file.read(6);
      startResponse("200 OK", []);
      return environ["wsgi.file_wrapper"](file);
    });
    expect(body).toBe("gh");
  });

  test("stops at Content-Length", async () => {
    const { headers, body } = await runToEnd((environ, startResponse) => {
      startResponse("200 OK", [["Content-Length", "4"]]);
      return environ["wsgi.file_wrapper"](memoryFile("abcdefgh"), 3);
    });
    expect({ headers, body }).toEqual({ headers: [["Content-Length", "4"]], body: "abcd" });
  });

  test("closes the file, once", async () => {
    const file = memoryFile("abc");
    await runToEnd((environ, startResponse) => {
      startResponse("200 OK", []);
      return environ["wsgi.file_wrapper"](file);
    });
    expect(file.closed).toBe(1);
  });

  test("takes any object with read(size), asynchronous or not, with close() or without", async () => {
    const blocks = [bytes("a"), bytes("b"), bytes("")];
    const file = { read: async () => blocks.shift() ?? bytes("") };
    const { outcome, body, log } = await runToEnd((_environ, startResponse) => {
      startResponse("200 OK", []);
      return new FileWrapper(file);
    });
    expect({ outcome, body, lines: log.lines }).toEqual({ outcome: "complete", body: "ab", lines: [] });
  });
});

test("the values of environ are enough to rebuild the URL (PEP 3333, URL Reconstruction)", () => {
  const { environ } = prepareRequest({
    vars: { SCRIPT_NAME: "/app", PATH_INFO: "/a b", QUERY_STRING: "q=1", HTTPS: "on" },
  });
  expect(requestUrl(environ)).toBe("https://example.test/app/a%20b?q=1");
});

function memoryFile(text: string) {
  let left = bytes(text);
  return {
    reads: 0,
    closed: 0,
    read(size: number): Uint8Array {
      this.reads += 1;
      const block = left.subarray(0, size);
      left = left.subarray(size);
      return block;
    },
    close(): void {
      this.closed += 1;
    },
  };
}
