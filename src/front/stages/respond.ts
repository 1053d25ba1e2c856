import type { Stage } from "../pipeline/stage.ts";
import type { Visit } from "../pipeline/visit.ts";

/** Answers for routes that lead to no server. */
export class RespondStage implements Stage {
  readonly name = "respond";

  enter(visit: Visit): boolean {
    const { answer } = visit.route;
    answer?.answer(visit);
    return answer === undefined;
  }
}
