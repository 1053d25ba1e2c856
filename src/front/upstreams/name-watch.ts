import type { Logger } from "../../log.ts";
import { resolvePauseMs } from "../balance/resolve-pause.ts";
import type { NamedPlace } from "../balance/server-spec.ts";
import { type LocatedServer, locate } from "./locate.ts";
import type { Resolver } from "./resolver.ts";

/** What a watch needs. */
export interface NameWatchContext {
  readonly resolver: Resolver;
  /** 0: by the TTL. */
  readonly intervalMs: number;
  readonly log: Logger;
  /** The servers are others, or there are some at last. */
  onChange(): void;
}

/** Questions because of failures are so far apart: first, and after many of them. */
const FIRST_HURRY_MS = 50;
const LAST_HURRY_MS = 1000;

/** Knows where a name leads, and asks again in time. What was known is kept while nobody can tell. */
export class NameWatch {
  /** The first question was answered, or could not be. */
  readonly ready: Promise<void>;
  readonly name: string;
  readonly #place: NamedPlace;
  readonly #context: NameWatchContext;
  #located: readonly LocatedServer[] = [];
  #timer: NodeJS.Timeout | undefined;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #hurryMs = FIRST_HURRY_MS;
  #isAsking = false;
  /** The next question is asked because of a failure. */
  #isHurried = false;
  #isFailing = false;
  #isClosed = false;

  constructor(place: NamedPlace, context: NameWatchContext) {
    this.#place = place;
    this.#context = context;
    this.name = place.type === "name" ? place.host : place.name;
    this.ready = this.#ask();
  }

  /** The servers behind the name; empty as long as it could not be resolved. */
  get located(): readonly LocatedServer[] {
    return this.#located;
  }

  /** A server did not answer: it may have moved. */
  hurry(): void {
    if (this.#isAsking || this.#isHurried || this.#isClosed) return;
    const pauseMs = Math.max(0, this.#askedAtMs + this.#hurryMs - performance.now());
    this.#hurryMs = Math.min(LAST_HURRY_MS, 2 * this.#hurryMs);
    this.#isHurried = true;
    if (pauseMs === 0) void this.#ask();
    else this.#askIn(pauseMs);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isAsking = true;
    if (!this.#isHurried) this.#hurryMs = FIRST_HURRY_MS;
    this.#isHurried = false;
    this.#askedAtMs = performance.now();
    const { intervalMs, resolver } = this.#context;
    let ttlMs: number | undefined;
    try {
      const found = await locate(this.#place, resolver);
      ttlMs = found.ttlMs;
      this.#found(found.servers);
    } catch (error) {
      // Soon, when nobody can be served until it is known.
      if (this.#located.length === 0) ttlMs = 0;
      this.#failed(error as Error);
    }
    this.#isAsking = false;
    this.#askIn(resolvePauseMs(ttlMs, intervalMs));
  }

  #askIn(pauseMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.#ask(), pauseMs).unref();
  }

  #found(servers: readonly LocatedServer[]): void {
    if (this.#isClosed) return;
    const { log, onChange } = this.#context;
    if (this.#isFailing) log.info({ name: this.name }, "the name of a server can be resolved again");
    this.#isFailing = false;
    this.#located = servers;
    onChange();
  }

  #failed({ message }: Error): void {
    if (this.#isFailing || this.#isClosed) return;
    this.#isFailing = true;
    const kept = this.#located.length;
    this.#context.log.warn(
      { name: this.name, reason: message, kept },
      "the name of a server can not be resolved; what was known is kept",
    );
  }
}
