import { restrictsAccess } from "./access/access-options.ts";
import { AccessStage } from "./access/access-stage.ts";
import { IdentityStage } from "./identity/identity-stage.ts";
import type { FrontSettings } from "./options.ts";
import type { Stage } from "./pipeline/stage.ts";
import type { ClientLimits } from "./rate/client-limits.ts";
import { largestBody } from "./routes/route-settings.ts";
import type { Routes } from "./routes/routes.ts";
import { RespondStage } from "./stages/respond.ts";
import { RouteStage } from "./stages/route.ts";
import { StaticStage } from "./stages/static.ts";
import { UpstreamStage } from "./stages/upstream.ts";
import { ValidationStage } from "./stages/validation.ts";
import { servesFiles } from "./static/static-options.ts";

/**
 * The way of every request, in its order. A stage that has nothing to do with these settings is left out: it then costs nothing.
 */
export function createStages(
  settings: FrontSettings,
  clientLimits: ClientLimits,
  routes: Routes | undefined,
): readonly Stage[] {
  const stages: (Stage | undefined | false)[] = [
    new ValidationStage({ ...settings, maxBodyBytes: largestBody(settings) }),
    settings.trustedProxies.length > 0 && new IdentityStage(settings),
    restrictsAccess(settings) && new AccessStage(settings),
    clientLimits.stage,
    routes && new RouteStage(routes),
    servesFiles(settings) && new StaticStage(settings),
    routes && new RespondStage(),
    new UpstreamStage(),
  ];
  return stages.filter((stage) => stage !== undefined && stage !== false);
}
