import type { Stage } from "../pipeline/stage.ts";
import type { Visit } from "../pipeline/visit.ts";
import { StaticFiles, type StaticSettings } from "../static/static-files.ts";

/** Answers with files from the disk, whether or not there are workers. */
export class StaticStage implements Stage {
  readonly name = "static";
  readonly #files: StaticFiles;

  constructor(settings: StaticSettings) {
    this.#files = new StaticFiles(settings);
  }

  enter(visit: Visit): boolean {
    return visit.wish.upgrade !== undefined || this.#files.enter(visit);
  }
}
