import { bytes, type Input, inputOf, json, plain, type Route, TEXT, text } from "../contract.ts";

/** Routes that read the request body, each in its own way. */
export const inputRoutes: Readonly<Record<string, Route>> = {
  read: async (environ, startResponse) => {
    const body = await inputOf(environ).read();
    startResponse("200 OK", [TEXT]);
    return [body];
  },

  "read-threes": async (environ, startResponse) => {
    const parts = await untilEmpty(() => inputOf(environ).read(3));
    return plain(startResponse, parts.join("|"));
  },

  "read-past": async (environ, startResponse) => {
    const input = inputOf(environ);
    const first = await input.read(Number(environ["CONTENT_LENGTH"]));
    return json(startResponse, [text(first), text(await input.read(10)), text(await input.read())]);
  },

  "read-zero": async (environ, startResponse) => {
    const input = inputOf(environ);
    return json(startResponse, [text(await input.read(0)), text(await input.read(3))]);
  },

  "read-negative": async (environ, startResponse) =>
    plain(startResponse, text(await inputOf(environ).read(-1))),

  readline: async (environ, startResponse) =>
    json(startResponse, await untilEmpty(() => inputOf(environ).readline())),

  "readline-four": async (environ, startResponse) =>
    json(startResponse, await untilEmpty(() => inputOf(environ).readline(4))),

  readlines: async (environ, startResponse) =>
    json(startResponse, (await inputOf(environ).readlines()).map(text)),

  iterate: async (environ, startResponse) => {
    const lines: string[] = [];
    for await (const line of inputOf(environ)) lines.push(text(line));
    return json(startResponse, lines);
  },

  "read-mixed": async (environ, startResponse) => {
    const input = inputOf(environ);
    const parts = [await input.readline(), await input.read(3), await input.readline(), await input.read()];
    return json(startResponse, parts.map(text));
  },

  length: async (environ, startResponse) =>
    plain(startResponse, String((await inputOf(environ).read()).length)),

  ignore: (_environ, startResponse) => plain(startResponse, "ignored"),

  "read-one": async (environ, startResponse) => plain(startResponse, text(await inputOf(environ).read(1))),

  "read-short": async (environ, startResponse) => plain(startResponse, await readOrError(inputOf(environ))),

  "echo-blocks": (environ, startResponse) => {
    startResponse("200 OK", [TEXT]);
    return echo(inputOf(environ));
  },
};

async function untilEmpty(next: () => Promise<Uint8Array>): Promise<string[]> {
  const parts: string[] = [];
  for (let block = await next(); block.length > 0; block = await next()) parts.push(text(block));
  return parts;
}

async function readOrError(input: Input): Promise<string> {
  try {
    return `complete ${(await input.read()).length}`;
  } catch {
    return "error";
  }
}

async function* echo(input: Input): AsyncGenerator<Uint8Array> {
  yield bytes("");
  for (let block = await input.read(1000); block.length > 0; block = await input.read(1000)) yield block;
}
