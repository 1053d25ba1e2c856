import { open, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { FileWrapper, wrapFile } from "../../src/gateway/file-wrapper.ts";
import type { FileLike } from "../../src/gateway/types.ts";
import { bytes, ended, nextTurn, runToEnd, startRun } from "./run-gateway.ts";

describe("the blocks of a file", () => {
  test.each([
    { given: undefined, asked: 65_536 },
    { given: 3, asked: 3 },
  ])("are asked for by the size given, $given, or 64 KiB", async ({ given, asked }) => {
    const sizes: number[] = [];
    const file: FileLike = {
      read: (size) => {
        sizes.push(size);
        return bytes(sizes.length < 3 ? "x" : "");
      },
    };
    const wrapper = given === undefined ? new FileWrapper(file) : new FileWrapper(file, given);
    expect(await gather(wrapper)).toEqual(["x", "x"]);
    expect(sizes).toEqual([asked, asked, asked]);
  });

  test("are passed on as they are, promised or not", async () => {
    const blocks = [bytes("a"), Promise.resolve(bytes("bc")), bytes("")];
    const file: FileLike = { read: () => blocks.shift() ?? bytes("too often") };
    expect(await gather(new FileWrapper(file))).toEqual(["a", "bc"]);
    expect(blocks).toEqual([]);
  });

  test("none is read before it is asked for", async () => {
    let reads = 0;
    const file: FileLike = {
      read: () => {
        reads += 1;
        return bytes("x");
      },
    };
    const iterator = new FileWrapper(file)[Symbol.asyncIterator]();
    expect(reads).toBe(0);
    await iterator.next();
    expect(reads).toBe(1);
  });

  test("read is called as a method", async () => {
    class Text {
      #left = "abc";
      read(): Uint8Array {
        const block = bytes(this.#left);
        this.#left = "";
        return block;
      }
    }
    expect(await gather(new FileWrapper(new Text()))).toEqual(["abc"]);
  });
});

describe("close()", () => {
  test("closes the file, as a method, and hands on its promise", async () => {
    const file = {
      isClosed: false,
      read: () => bytes(""),
      async close() {
        await nextTurn();
        this.isClosed = true;
      },
    };
    await new FileWrapper(file).close();
    expect(file.isClosed).toBe(true);
  });

  test("of a file without one does nothing", () => {
    expect(new FileWrapper({ read: () => bytes("") }).close()).toBeUndefined();
  });

  test("is called when the client leaves between two blocks", async () => {
    let closed = 0;
    const started = startRun((environ, startResponse) => {
      startResponse("200 OK", []);
      const read = async () => {
        await nextTurn();
        return bytes("x");
      };
      return environ["wsgi.file_wrapper"]({
        read,
        close: () => {
          closed += 1;
        },
      });
    });
    await nextTurn();
    await nextTurn();
    started.leave();
    expect(await ended(started)).toMatchObject({ outcome: "client-gone" });
    expect(closed).toBe(1);
  });

  test("is called when reading fails, and the failure is answered with 500", async () => {
    let closed = 0;
    const { status, log } = await runToEnd((environ, startResponse) => {
      startResponse("200 OK", []);
      const read = () => Promise.reject(new Error("EIO"));
      return environ["wsgi.file_wrapper"]({
        read,
        close: () => {
          closed += 1;
        },
      });
    });
    expect(status).toBe("500 Internal Server Error");
    expect(log.lines).toHaveLength(1);
    expect(closed).toBe(1);
  });
});

test("a read that gives no bytes is the application's fault", async () => {
  const { outcome, log } = await runToEnd((environ, startResponse) => {
    startResponse("200 OK", []);
    return environ["wsgi.file_wrapper"]({ read: () => "text" as unknown as Uint8Array });
  });
  expect(outcome).toBe("app-error");
  expect(log.codes).toEqual(["UWB_ERR_CHUNK"]);
});

test("wrapFile makes one, and passes the size on", async () => {
  const sizes: number[] = [];
  const file: FileLike = {
    read: (size) => {
      sizes.push(size);
      return bytes("");
    },
  };
  const wrapper = wrapFile(file, 7);
  expect(wrapper).toBeInstanceOf(FileWrapper);
  await gather(wrapper as FileWrapper);
  await gather(wrapFile(file) as FileWrapper);
  expect(sizes).toEqual([7, 65_536]);
});

test("a real file is sent whole, and closed", async () => {
  const handle = await open(import.meta.filename);
  const file: FileLike = {
    read: async (size) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size);
      return buffer.subarray(0, bytesRead);
    },
    close: () => handle.close(),
  };
  const { body } = await runToEnd((environ, startResponse) => {
    startResponse("200 OK", []);
    return environ["wsgi.file_wrapper"](file, 1000);
  });
  expect(body).toBe(await readFile(import.meta.filename, "latin1"));
  await expect(handle.stat()).rejects.toMatchObject({ code: "EBADF" });
});

async function gather(wrapper: FileWrapper): Promise<string[]> {
  const blocks: string[] = [];
  for await (const block of wrapper) blocks.push(Buffer.from(block).toString("latin1"));
  return blocks;
}
