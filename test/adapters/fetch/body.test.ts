import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { bytes, ended, nextTurn } from "../../gateway/run-gateway.ts";
import { type FetchSetup, type Kind, kinds, restoreGlobalsAfterEach, seenBy, startFetch } from "./run.ts";

restoreGlobalsAfterEach();

/** The ways to read a whole body, each brought to the form of latin-1 text. */
const readers: Record<string, (request: Request) => Promise<string>> = {
  arrayBuffer: async (request) => latin1(new Uint8Array(await request.arrayBuffer())),
  blob: async (request) => latin1(new Uint8Array(await (await request.blob()).arrayBuffer())),
  bytes: async (request) => latin1(await bytesOf(request)),
  text: async (request) => latin1(Buffer.from(await request.text())),
  "the body as a stream": async ({ body }) => (body ? latin1(await collect(body)) : ""),
  "a clone": async (request) => request.clone().text(),
  "a new Request": async (request) => new Request(request).text(),
  "for await": async ({ body }) => {
    const blocks: Uint8Array[] = [];
    for await (const block of body ?? []) blocks.push(block);
    return latin1(Buffer.concat(blocks));
  },
};

describe.each(kinds)("%s: the body", (kind) => {
  describe.each(Object.entries(readers))("as %s", (_name, read) => {
    test("is what was sent", async () => {
      expect(await seenBy(read, post(kind, "hello body"))).toBe("hello body");
    });

    test("in many pieces, some of which come later", async () => {
      const started = startFetch(async (request) => new Response(await read(request)), {
        ...post(kind, "first,"),
        vars: { REQUEST_METHOD: "POST", CONTENT_LENGTH: "18" },
      });
      await nextTurn();
      started.input.receive(bytes("second,"));
      await nextTurn();
      started.input.receive(bytes("third"));
      expect(await ended(started)).toMatchObject({ body: "first,second,third", outcome: "complete" });
    });

    test("without one there is nothing", async () => {
      for (const method of ["GET", "POST"]) {
        expect(await seenBy(read, { kind, vars: { REQUEST_METHOD: method } })).toBe("");
      }
    });
  });

  test("binary bytes arrive as they are", async () => {
    const all = latin1(Uint8Array.from({ length: 256 }, (_, index) => index));
    for (const name of ["arrayBuffer", "blob", "bytes", "the body as a stream"]) {
      expect(await seenBy(readers[name] ?? fail, post(kind, all))).toBe(all);
    }
  });

  test("text is UTF-8: a byte order mark is taken off, bytes that are none become U+FFFD", async () => {
    const read = (request: Request): Promise<string> => request.text();
    expect(await seenBy(read, post(kind, "\u00ef\u00bb\u00bf\u00c3\u00a9"))).toBe("\u00e9");
    expect(await seenBy(read, post(kind, "a\u00ff\u00e2\u0082b"))).toBe("a\ufffd\ufffdb");
    const json = (request: Request): Promise<unknown> => request.json();
    expect(await seenBy(json, post(kind, '\u00ef\u00bb\u00bf{"a":"\u00c3\u00a9"}'))).toEqual({ a: "\u00e9" });
  });

  test("json that is none rejects with a SyntaxError, and so does an empty body", async () => {
    const read = (request: Request): Promise<unknown> => request.json().catch((error: unknown) => error);
    expect(await seenBy(read, post(kind, "{"))).toBeInstanceOf(SyntaxError);
    expect(await seenBy(read, post(kind, ""))).toBeInstanceOf(SyntaxError);
  });

  test("forms", async () => {
    const read = async (request: Request): Promise<unknown> => [...(await request.formData()).entries()];
    const encoded = post(kind, "a=1&b=%C3%A9", { CONTENT_TYPE: "application/x-www-form-urlencoded" });
    expect(await seenBy(read, encoded)).toEqual([
      ["a", "1"],
      ["b", "\u00e9"],
    ]);
    const part = '--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--xx--\r\n';
    const multipart = post(kind, part, { CONTENT_TYPE: "multipart/form-data; boundary=xx" });
    expect(await seenBy(read, multipart)).toEqual([["a", "1"]]);
  });

  test("GET and HEAD have none, whatever was sent with them", async () => {
    for (const method of ["GET", "HEAD", "get"]) {
      const setup = post(kind, "ignored", { REQUEST_METHOD: method });
      expect(await seenBy(async ({ body, bodyUsed }) => [body, bodyUsed], setup)).toEqual([null, false]);
      expect(await seenBy((request) => request.text(), setup)).toBe("");
    }
  });

  test("any other method has one when CONTENT_LENGTH is above 0", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"]) {
      const vars = { REQUEST_METHOD: method };
      expect(await seenBy(({ body }) => body === null, post(kind, "x", vars))).toBe(false);
      expect(await seenBy(({ body }) => body, post(kind, "", vars))).toBe(null);
      expect(await seenBy(({ body }) => body, post(kind, "", { ...vars, CONTENT_LENGTH: "0" }))).toBe(null);
    }
  });

  test("a chunked one has no length, and is there before anything is known of it", async () => {
    const vars = { REQUEST_METHOD: "POST", HTTP_TRANSFER_ENCODING: "chunked" };
    const started = startFetch(
      async (request) => new Response(`${request.body !== null} ${await request.text()}`),
      {
        kind,
        vars,
      },
    );
    await nextTurn();
    started.input.receive(bytes("chunk,"));
    await nextTurn();
    started.input.receive(bytes("chunk"));
    started.input.finish();
    expect((await ended(started)).body).toBe("true chunk,chunk");
  });

  test("a chunked one that has arrived whole", async () => {
    const vars = { REQUEST_METHOD: "POST", HTTP_TRANSFER_ENCODING: "chunked" };
    const started = startFetch(
      async (request) => {
        await nextTurn();
        return new Response(await request.text());
      },
      { kind, vars },
    );
    started.input.receive(bytes("all of it"));
    started.input.finish();
    expect((await ended(started)).body).toBe("all of it");
  });

  test("its blocks are Uint8Arrays, one for each that came off the socket, read only when asked for", async () => {
    const remaining: number[] = [];
    const started = startFetch(
      async (request) => {
        const reader = request.body?.getReader();
        await nextTurn();
        remaining.push(started.input.remaining);
        const blocks: unknown[] = [];
        for (let step = await reader?.read(); step && !step.done; step = await reader?.read()) {
          remaining.push(started.input.remaining);
          expect(Object.getPrototypeOf(step.value)).toBe(Uint8Array.prototype);
          blocks.push(latin1(step.value));
        }
        return Response.json(blocks);
      },
      { ...post(kind, "one"), vars: { REQUEST_METHOD: "POST", CONTENT_LENGTH: "11" } },
    );
    started.input.receive(bytes("two"));
    started.input.receive(bytes("three"));
    expect((await ended(started)).body).toBe('["one","two","three"]');
    expect(remaining).toEqual([11, 8, 5, 0]);
  });

  test.each([
    { what: "arrayBuffer", read: async (request: Request) => new Uint8Array(await request.arrayBuffer()) },
    { what: "bytes", read: bytesOf },
    { what: "a stream", read: ({ body }: Request) => collect(body as ReadableStream<Uint8Array>) },
    {
      what: "a stream that goes on through one of type bytes, which detaches what it is given",
      read: ({ body }: Request) => collect(throughBytes(body as ReadableStream<Uint8Array>)),
    },
  ])("$what: the memory that the input shares with others stays as it is", async ({ read }) => {
    const shared = Buffer.from(new ArrayBuffer(6)).fill("-body-");
    const started = startFetch(
      async (request) => {
        const body = await read(request);
        expect(latin1(body)).toBe("body");
        body.fill(0x21);
        return new Response("ok");
      },
      { kind, vars: { REQUEST_METHOD: "POST", CONTENT_LENGTH: "4" } },
    );
    started.input.receive(shared.subarray(1, 5));
    expect(await ended(started)).toMatchObject({ body: "ok" });
    expect(shared.toString()).toBe("-body-");
  });

  test("a block that has its memory to itself is not copied", async () => {
    const block = Buffer.from(new ArrayBuffer(4)).fill("body");
    const started = startFetch(
      async ({ body }) => {
        const step = await body?.getReader().read();
        return new Response(String(step?.value?.buffer === block.buffer));
      },
      { kind, vars: { REQUEST_METHOD: "POST", CONTENT_LENGTH: "4" } },
    );
    started.input.receive(block);
    expect(await ended(started)).toMatchObject({ body: "true" });
  });

  test("a handler that stops reading leaves the rest where it is", async () => {
    const started = startFetch(
      async (request) => {
        const reader = request.body?.getReader();
        await reader?.read();
        await reader?.cancel("enough");
        return new Response(`left: ${started.input.remaining}`);
      },
      { ...post(kind, "first"), vars: { REQUEST_METHOD: "POST", CONTENT_LENGTH: "11" } },
    );
    started.input.receive(bytes("second"));
    expect(await ended(started)).toMatchObject({ body: "left: 6", outcome: "complete" });
  });

  test("cancelling while a block is awaited does not wait for it", async () => {
    const started = startFetch(
      async (request) => {
        const reader = request.body?.getReader();
        const pending = reader?.read();
        await nextTurn();
        await reader?.cancel("enough");
        return Response.json(await pending);
      },
      { kind, vars: { REQUEST_METHOD: "POST", CONTENT_LENGTH: "11" } },
    );
    expect(await ended(started)).toMatchObject({ body: '{"done":true}', outcome: "complete" });
    started.input.receive(bytes("late"));
    await nextTurn();
  });
});

describe.each(kinds)("%s: a body is used once", (kind) => {
  const names = Object.entries(readers);

  test.each(names)("by %s", async (_name, read) => {
    const seen = await seenBy(
      async (request) => {
        const before = request.bodyUsed;
        await read(request);
        const used = request.bodyUsed;
        const again = await Promise.all(
          (["text", "json", "arrayBuffer", "blob", "formData"] as const).map((name) =>
            failure(() => request[name]()),
          ),
        );
        const copies = [await failure(() => request.clone()), await failure(() => new Request(request))];
        return { before, used, errors: [...again, ...copies] };
      },
      post(kind, "body"),
    );
    const leavesIt = _name === "a clone";
    expect(seen.before).toBe(false);
    expect(seen.used).toBe(!leavesIt);
    if (!leavesIt) expect(seen.errors).toEqual(Array.from({ length: 7 }, () => "TypeError"));
    else expect(seen.errors[0]).toBe("body");
  });

  test("while it is being read", async () => {
    const seen = await seenBy(
      async (request) => {
        const first = request.text();
        const during = [
          request.bodyUsed,
          await failure(() => request.text()),
          await failure(() => request.clone()),
        ];
        return [...during, await first];
      },
      post(kind, "body"),
    );
    expect(seen).toEqual([true, "TypeError", "TypeError", "body"]);
  });

  test("after it was read, its stream is there, and used", async () => {
    const seen = await seenBy(
      async (request) => {
        await request.text();
        const { body } = request;
        return [body instanceof ReadableStream, Readable.isDisturbed(body as unknown as Readable)];
      },
      post(kind, "body"),
    );
    expect(seen).toEqual([true, true]);
  });

  test("none at all can be read again and again", async () => {
    const seen = await seenBy(
      async (request) => [await request.text(), await request.text(), request.bodyUsed],
      {
        kind,
      },
    );
    expect(seen).toEqual(["", "", false]);
  });

  test("a clone and the request are read independently", async () => {
    const seen = await seenBy(
      async (request) => {
        const clone = request.clone();
        return [await clone.text(), clone.bodyUsed, request.bodyUsed, await request.text(), request.bodyUsed];
      },
      post(kind, "body"),
    );
    expect(seen).toEqual(["body", true, false, "body", true]);
  });

  test("the stream is the same object each time, and reading it in part uses it", async () => {
    const seen = await seenBy(
      async (request) => {
        const { body } = request;
        const same = body === request.body;
        const reader = request.body?.getReader();
        await reader?.read();
        reader?.releaseLock();
        return [same, request.bodyUsed, await failure(() => request.text())];
      },
      post(kind, "body"),
    );
    expect(seen).toEqual([true, true, "TypeError"]);
  });
});

function post(kind: Kind, body: string, vars: Readonly<Record<string, string>> = {}): FetchSetup {
  return { kind, body, vars: { REQUEST_METHOD: "POST", ...vars } };
}

/** Node 20 has it, the types of Node 20 have not. */
function bytesOf(request: Request): Promise<Uint8Array> {
  return (request as Request & { bytes(): Promise<Uint8Array> }).bytes();
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader();
  const blocks: Uint8Array[] = [];
  for (let step = await reader.read(); !step.done; step = await reader.read()) blocks.push(step.value);
  const [only] = blocks;
  return blocks.length === 1 && only ? only : Buffer.concat(blocks);
}

/** The name of the error, or what came instead of one. */
async function failure(action: () => unknown): Promise<unknown> {
  try {
    return await action();
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
}

function throughBytes(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const step = await reader.read();
      if (step.done) controller.close();
      else controller.enqueue(step.value);
    },
  });
}

function latin1(block: Uint8Array): string {
  return Buffer.from(block.buffer, block.byteOffset, block.byteLength).toString("latin1");
}

function fail(): never {
  throw new Error("no such reader");
}
