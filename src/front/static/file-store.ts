import { type CacheRule, cacheControl, compileCacheRules } from "./cache-rules.ts";
import { findFile } from "./find-file.ts";
import { HeldFiles } from "./held-files.ts";
import { loadFile } from "./load-file.ts";
import { bytesInMemory, type ServedFile } from "./served-file.ts";
import type { StaticOptions } from "./static-options.ts";
import type { StaticPlace } from "./static-routes.ts";

/** What a path leads to, as it is answered. */
export type LookUp =
  | { readonly type: "file"; readonly file: ServedFile }
  | { readonly type: "redirect" }
  | { readonly type: "missing" }
  | { readonly type: "forbidden" };

const MISSING: LookUp = { type: "missing" };
const MAX_AGE_MS = 1000;
const MAX_COUNT = 10_000;

/**
 * Finds files on the disk, and remembers for a second what it found when all of it is in memory: small files, and that there is none.
 * Requests that come while it looks wait for the same answer.
 */
export class FileStore {
  readonly #settings: Required<StaticOptions>;
  readonly #cacheRules: readonly CacheRule[];
  readonly #held: HeldFiles<LookUp>;
  readonly #searches = new Map<string, Promise<LookUp>>();

  constructor(settings: Required<StaticOptions>) {
    this.#settings = settings;
    this.#cacheRules = compileCacheRules(settings.staticCacheControl);
    const maxBytes = settings.staticMemoryBytes;
    this.#held = new HeldFiles({ maxBytes, maxCount: MAX_COUNT, maxAgeMs: MAX_AGE_MS });
  }

  /** @returns A file that is remembered under this path. Where it is, is known by now. */
  recallFile(path: string): ServedFile | undefined {
    const found = this.#held.get(path, performance.now());
    return found?.type === "file" ? found.file : undefined;
  }

  /** @returns The first of the files, or that there is none of them; `undefined` when the disk has to be asked. */
  recall(places: readonly StaticPlace[]): LookUp | undefined {
    for (const { key } of places) {
      const found = this.#held.get(key, performance.now());
      if (found?.type !== "missing") return found;
    }
    return MISSING;
  }

  /**
   * Ask the disk. Open handles in the answer belong to the caller, who closes them.
   *
   * @throws What the system says, other than that there is nothing or that it is forbidden.
   */
  async find(places: readonly StaticPlace[]): Promise<LookUp> {
    for (const place of places) {
      const found = this.#held.get(place.key, performance.now()) ?? (await this.#findOne(place));
      if (found.type !== "missing") return found;
    }
    return MISSING;
  }

  async #findOne(place: StaticPlace): Promise<LookUp> {
    const other = this.#searches.get(place.key);
    // Handles are read and closed by one request alone.
    if (other) return isShared(await other) ? other : this.#search(place);
    const readAtMs = performance.now();
    const own = this.#search(place);
    this.#searches.set(place.key, own);
    try {
      const found = await own;
      if (isShared(found)) this.#held.put(place.key, found, { contentBytes: bytesOf(found), readAtMs });
      return found;
    } finally {
      this.#searches.delete(place.key);
    }
  }

  async #search({ roots, requested, prefix, isFallback }: StaticPlace): Promise<LookUp> {
    const { staticIndex, staticPrecompressed: codings, staticTypes: types } = this.#settings;
    for (const root of roots) {
      const found = await findFile(root, requested, staticIndex);
      if (found.type === "missing") continue;
      if (found.type !== "file") return found;
      const { opened, segments } = found;
      const control = isFallback ? FALLBACK_CONTROL : this.#cacheControl(prefix, segments);
      const file = await loadFile(opened, { root, segments, codings, types, cacheControl: control });
      return { type: "file", file };
    }
    return MISSING;
  }

  #cacheControl(prefix: string, segments: readonly string[]): string | undefined {
    const path = [Buffer.from(prefix, "latin1").toString(), ...segments].join("/");
    return cacheControl(this.#cacheRules, path);
  }
}

/** The page names the scripts of its version: an old one would ask for what is gone. */
const FALLBACK_CONTROL = "no-cache";

function isShared(found: LookUp): boolean {
  return found.type !== "file" || found.file.isInMemory;
}

function bytesOf(found: LookUp): number {
  return found.type === "file" ? bytesInMemory(found.file) : 0;
}
