import type { UpstreamError } from "../../errors.ts";
import { Forwarding } from "../forwarding.ts";
import type { Stage } from "../pipeline/stage.ts";
import type { Visit } from "../pipeline/visit.ts";

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
    if (visit.response.destroyed) return;
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

function refuse({ id, parsed, answer, route }: Visit, { code, message, statusHint }: UpstreamError): void {
  const { method, requestUri: uri } = parsed;
  route.group.settings.log.error({ requestId: id, code, reason: message, method, uri }, "a request failed");
  answer.answer(statusHint, `${code}\nrequest ${id}\n`, [
    ["X-Request-Id", id],
    ["Retry-After", "1"],
  ]);
}
