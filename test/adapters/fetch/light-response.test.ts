import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { installLightGlobals, restoreNativeGlobals } from "../../../src/adapters/fetch/light-globals.ts";
import { restoreGlobalsAfterEach, seenBy, streamOf } from "./run.ts";

const natives = { Request: globalThis.Request, Response: globalThis.Response };

restoreGlobalsAfterEach();

describe("Response, native and light side by side", () => {
  const bodies: Record<string, () => ConstructorParameters<typeof Response>[0]> = {
    undefined: () => undefined,
    null: () => null,
    "no text": () => "",
    text: () => "text",
    bytes: () => Buffer.from("bytes"),
    "no bytes": () => new Uint8Array(),
    buffer: () => Uint8Array.of(1, 2).buffer,
    "shared memory": () => new Uint8Array(new SharedArrayBuffer(2)) as Uint8Array,
    blob: () => new Blob(["b"], { type: "x/y" }),
    stream: () => streamOf("s"),
    "an object": () => ({ toString: () => "object" }) as unknown as string,
    "a number": () => 5 as unknown as string,
    "form parameters": () => new URLSearchParams("a=b"),
  };
  const inits: Record<string, () => unknown> = {
    undefined: () => undefined,
    null: () => null,
    "no object": () => 5,
    "a function": () => () => undefined,
    empty: () => ({}),
    ...Object.fromEntries(
      [
        0,
        100,
        101,
        199,
        200,
        201,
        204,
        205,
        304,
        404,
        599,
        600,
        200.5,
        -1,
        Number.NaN,
        "201",
        "x",
        null,
        true,
      ].map((status) => [`status ${status}`, () => ({ status })]),
    ),
    ...Object.fromEntries(
      ["", "Fine", "caf\u00e9", " ", "a\nb", "\u20ac", "a\u007fb", 5, null, undefined].map((statusText) => [
        `statusText ${JSON.stringify(statusText)}`,
        () => ({ statusText }),
      ]),
    ),
    ...Object.fromEntries(
      [
        undefined,
        null,
        {},
        { "X-A": "1" },
        { "X-B": "2", "x-a": "1" },
        { "X-A": "1", "x-a": "2" },
        { "Content-Type": "x/y" },
        { "content-type": "" },
        { "x-a": " 1\t" },
        { "x-a": "" },
        { "x-a": "caf\u00e9" },
        { "x-a": "\u20ac" },
        { "x-a": "a\nb" },
        { "x-a": 5 },
        { "x-a": null },
        { "x-a": ["1", "2"] },
        { "x a": "1" },
        { "": "1" },
        { "x_a!": "1" },
        [["X-A", "1"]],
        [["X-A"]],
        [
          ["Set-Cookie", "b"],
          ["set-cookie", "a"],
        ],
        new Headers([
          ["Set-Cookie", "b"],
          ["set-cookie", "a"],
          ["content-type", "x/y"],
        ]),
        new Map([["x-a", "1"]]),
        Object.assign(Object.create({ inherited: "1" }), { own: "2" }),
        "x-a: 1",
        5,
      ].map((headers, index) => [
        `headers ${index} ${inspect(headers, { breakLength: 200 })}`,
        () => ({ headers }),
      ]),
    ),
    "another Response": () =>
      new natives.Response(null, { status: 201, statusText: "A", headers: { a: "b" } }),
  };

  test.each(Object.keys(inits))("init: %s", async (name) => {
    for (const [bodyName, makeBody] of Object.entries(bodies)) {
      const make = async (Class: typeof Response): Promise<unknown> => {
        try {
          return await factsOf(new Class(makeBody(), inits[name]?.() as ResponseInit));
        } catch (error) {
          return (error as Error).name;
        }
      };
      const expected = await make(natives.Response);
      installLightGlobals();
      expect({ bodyName, made: await make(Response) }).toEqual({ bodyName, made: expected });
      restoreNativeGlobals();
    }
  });

  test.each(Object.keys(inits))("Response.json with init: %s", async (name) => {
    for (const data of [{ a: "\u00e9" }, null, "", undefined, () => undefined]) {
      const make = async (Class: typeof Response): Promise<unknown> => {
        try {
          return await factsOf(Class.json(data as unknown, inits[name]?.() as ResponseInit));
        } catch (error) {
          return (error as Error).name;
        }
      };
      const expected = await make(natives.Response);
      installLightGlobals();
      expect(await make(Response)).toEqual(expected);
      restoreNativeGlobals();
    }
  });

  test("the other static methods", () => {
    installLightGlobals();
    expect(Response.redirect("http://a.test/", 303)).toMatchObject({ status: 303 });
    expect(Response.error()).toMatchObject({ type: "error", status: 0 });
    expect(() => Response.redirect("http://a.test/", 200 as 301)).toThrow(RangeError);
  });

  test("every member of the native one is there", async () => {
    installLightGlobals();
    const response = new Response("x");
    for (const name of Object.keys(Object.getOwnPropertyDescriptors(natives.Response.prototype))) {
      expect([name, typeof Reflect.get(response, name)]).toEqual([
        name,
        typeof Reflect.get(new natives.Response("x"), name),
      ]);
    }
    const request = await seenBy((one) => one, { kind: "light" });
    const real = new natives.Request("http://example.test/");
    for (const name of Object.keys(Object.getOwnPropertyDescriptors(natives.Request.prototype))) {
      expect([name, typeof Reflect.get(request, name)]).toEqual([name, typeof Reflect.get(real, name)]);
    }
  });

  async function factsOf(response: Response): Promise<unknown> {
    const { status, statusText, ok, type, url, redirected, headers, bodyUsed } = response;
    const hasBody = response.body !== null;
    const head = { status, statusText, ok, type, url, redirected, bodyUsed, headers: [...headers], hasBody };
    const text = await response.text();
    return { ...head, text, used: response.bodyUsed, name: Object.prototype.toString.call(response) };
  }
});
