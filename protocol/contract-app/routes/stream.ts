import { setTimeout as sleep } from "node:timers/promises";
import { bytes, type Route, TEXT } from "../contract.ts";
import { CountedBody } from "../counters.ts";

/** Between the two parts of a slow response. */
const PAUSE_MS = 400;
const BLOCK_EVERY_MS = 5;
const TICK_EVERY_MS = 50;

/** Routes whose response takes its time, or never ends. */
export const streamRoutes: Readonly<Record<string, Route>> = {
  "slow-write": async (_environ, startResponse) => {
    const write = startResponse("200 OK", [TEXT]);
    await write(bytes("first"));
    await sleep(PAUSE_MS);
    await write(bytes("second"));
    return [];
  },
  "slow-blocks": (_environ, startResponse) => {
    startResponse("200 OK", [TEXT]);
    return slowly("first", "second");
  },
  "slow-empty": (_environ, startResponse) => {
    startResponse("200 OK", [TEXT]);
    return slowly("", "late");
  },
  "slow-answer": async (_environ, startResponse) => {
    await sleep(PAUSE_MS);
    startResponse("200 OK", [TEXT]);
    return [bytes("patient")];
  },
  endless: (_environ, startResponse, token) => {
    startResponse("200 OK", [["Content-Type", "application/octet-stream"]]);
    return new CountedBody(token, () => endlessly(new Uint8Array(65_536), BLOCK_EVERY_MS));
  },
  ticks: (_environ, startResponse, token) => {
    startResponse("200 OK", [TEXT]);
    return new CountedBody(token, () => endlessly(bytes("."), TICK_EVERY_MS));
  },
};

async function* slowly(first: string, second: string): AsyncGenerator<Uint8Array> {
  yield bytes(first);
  await sleep(PAUSE_MS);
  yield bytes(second);
}

/** For a minute at most: nobody's server is to be busy with it for longer. */
async function* endlessly(block: Uint8Array, everyMs: number): AsyncGenerator<Uint8Array> {
  for (let number = 0; number < 60_000 / everyMs; number += 1) {
    yield block;
    await sleep(everyMs);
  }
}
