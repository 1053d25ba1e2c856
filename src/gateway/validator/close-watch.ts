import type { Doubts } from "./doubts.ts";

/** What is known of a body when it is gone. It may not lead to the body, which would keep that alive. */
export interface WatchedBody {
  /** `"GET /path"`. */
  readonly request: string;
  readonly doubts: Doubts;
}

const registry = new FinalizationRegistry<WatchedBody>(reportUnclosed);

/** Report a body that was collected without `close()`. Nobody is there to catch an error any more: it is a note. */
export function reportUnclosed({ request, doubts }: WatchedBody): void {
  doubts.note("S40", `the body of ${request} collected without it`);
}

/** Report this body if it is collected before {@link unwatch}. */
export function watch(body: object, watched: WatchedBody): void {
  registry.register(body, watched, watched);
}

/** The body was closed. */
export function unwatch(watched: WatchedBody): void {
  registry.unregister(watched);
}
