import { describe } from "../response-start.ts";
import type { ResponseBody } from "../types.ts";
import { attempt, closerOf } from "./body-closer.ts";
import { BodyLife } from "./body-life.ts";
import type { WatchedBody } from "./close-watch.ts";
import { fault } from "./lint-error.ts";
import { counted, shown } from "./lint-message.ts";
import type { ResponseRecord } from "./response-record.ts";

/** So many blocks of one byte each are no accident. */
const MANY_BLOCKS = 16;

/**
 * Check what the application returned, and put it behind a guard that behaves as it does. An array becomes an array,
 * so that the server can still count its bytes.
 */
export function guardBody(body: unknown, response: ResponseRecord, watched: WatchedBody): ResponseBody {
  response.hasReturned = true;
  try {
    assertBody(body);
    const life = new BodyLife(body, response, watched);
    const guard = guardFor(body, life, watched);
    life.beginWith(guard);
    return guard;
  } catch (error) {
    // The server never sees what is refused here, so it can not close it.
    if (typeof body === "object" && body !== null) void attempt(closerOf(body));
    throw error;
  }
}

function guardFor(
  body: Iterable<unknown> | AsyncIterable<unknown>,
  life: BodyLife,
  watched: WatchedBody,
): ResponseBody {
  const close = (): void | Promise<void> => life.close() as void | Promise<void>;
  if (Array.isArray(body)) return Object.assign(takeWhole(body, life, watched), { close });
  if (Symbol.asyncIterator in body) {
    return { [Symbol.asyncIterator]: () => guardAsync(body, life), close };
  }
  return { [Symbol.iterator]: () => guardSync(body, life), close };
}

function takeWhole(blocks: readonly unknown[], life: BodyLife, { doubts }: WatchedBody): Uint8Array[] {
  for (const block of blocks) life.take(block);
  life.exhausted();
  const whole = blocks as readonly Uint8Array[];
  if (whole.length >= MANY_BLOCKS && whole.every((block) => block.length === 1)) {
    doubts.raise("A65", counted(whole.length, "block"));
  }
  return [...whole];
}

function guardSync(body: Iterable<unknown>, life: BodyLife): IterableIterator<Uint8Array> {
  life.iterate();
  const iterator = body[Symbol.iterator]();
  return {
    next() {
      life.beforeNext();
      return taken(iterator.next(), iterator, life);
    },
    return(value) {
      const returned = iterator.return?.(value) ?? { done: true, value };
      return returned as IteratorResult<Uint8Array>;
    },
    [Symbol.iterator]() {
      return this;
    },
  };
}

function guardAsync(body: AsyncIterable<unknown>, life: BodyLife): AsyncIterableIterator<Uint8Array> {
  life.iterate();
  const iterator = body[Symbol.asyncIterator]();
  let isPending = false;
  return {
    async next() {
      life.beforeNext();
      if (isPending) throw fault("S44", "a call of next() while another is pending");
      isPending = true;
      try {
        return taken(await iterator.next(), iterator, life);
      } finally {
        isPending = false;
      }
    },
    async return(value) {
      const returned = (await iterator.return?.(value)) ?? { done: true, value };
      return returned as IteratorResult<Uint8Array>;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Look at a step of the body. */
function taken(
  step: IteratorResult<unknown>,
  iterator: Iterator<unknown> | AsyncIterator<unknown>,
  life: BodyLife,
): IteratorResult<Uint8Array> {
  if (step.done) {
    life.exhausted();
    return step as IteratorResult<Uint8Array>;
  }
  try {
    life.take(step.value);
  } catch (error) {
    life.giveUp(iterator);
    throw error;
  }
  return step as IteratorResult<Uint8Array>;
}

function assertBody(body: unknown): asserts body is Iterable<unknown> | AsyncIterable<unknown> {
  if (body === undefined || body === null) throw fault("A60", String(body));
  if (typeof body === "string") throw fault("A61", counted(body.length, "character"));
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) {
    throw fault("A62", counted(body.byteLength, "byte"));
  }
  if (typeof body !== "object") throw fault("A63", shown(body));
  if (!(Symbol.asyncIterator in body || Symbol.iterator in body)) throw fault("A63", describe(body));
  const close: unknown = Reflect.get(body, "close");
  if (close !== undefined && typeof close !== "function") throw fault("A64", describe(close));
}
