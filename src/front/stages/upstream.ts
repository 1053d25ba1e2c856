import { Forwarding } from "../forwarding.ts";
import type { Stage } from "../pipeline/stage.ts";
import type { Visit } from "../pipeline/visit.ts";

/** Sends requests on to the servers of their route. */
export class UpstreamStage implements Stage {
  readonly name = "upstream";

  enter(visit: Visit): boolean {
    const forwarding = new Forwarding(visit);
    visit.carrier = forwarding;
    forwarding.start();
    return false;
  }
}
