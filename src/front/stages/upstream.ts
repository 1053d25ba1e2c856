import type { UpstreamError } from "../../errors.ts";
import { Forwarding } from "../forwarding.ts";
import type { Stage } from "../pipeline/stage.ts";
import type { Visit } from "../pipeline/visit.ts";
import { loggedUri } from "../refusal-log.ts";

/** Sends requests on to the servers of their route. */
export class UpstreamStage implements Stage {
  readonly name = "upstream";

  enter(visit: Visit): boolean {
    const { ready } = visit.route.group;
    if (ready) void ready.then(() => this.#forward(visit));
    else this.#forward(visit);
    return false;
  }

  leave({ carrier }: Visit): void {
    if (carrier instanceof Forwarding) carrier.end();
  }

  #forward(visit: Visit): void {
    if (visit.answer.isOver) return;
    const { group } = visit.route;
    const turn = group.turn(visit);
    if (!turn) {
      refuse(visit, group.noServer());
      return;
    }
    const forwarding = new Forwarding(visit, turn);
    visit.carrier = forwarding;
    forwarding.start();
  }
}

function refuse(visit: Visit, { code, message: reason, statusHint: status }: UpstreamError): void {
  const { id, parsed, route } = visit;
  const { log, logQuery } = route.group.settings;
  const { method, requestUri } = parsed;
  const uri = loggedUri(requestUri, logQuery);
  const phase = "resolve";
  log.error({ requestId: id, code, reason, hop: "upstream", phase, method, uri }, "a request failed");
  visit.fail({ code, status, reason, phase });
}
