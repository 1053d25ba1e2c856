import { disconnectCases } from "./cases/disconnect.ts";
import { duplicateCases } from "./cases/duplicates.ts";
import { earlyAnswerCases } from "./cases/early-answer.ts";
import { encodingCases } from "./cases/encoding.ts";
import { environCases } from "./cases/environ.ts";
import { errorCases } from "./cases/errors.ts";
import { inputCases } from "./cases/input.ts";
import { inputLengthCases } from "./cases/input-lengths.ts";
import { limitCases } from "./cases/limits.ts";
import { modifierCases } from "./cases/modifiers.ts";
import { mountingCases } from "./cases/mounting.ts";
import { packetCases } from "./cases/packet.ts";
import { packetCutCases } from "./cases/packet-cuts.ts";
import { responseBodyCases } from "./cases/response-bodies.ts";
import { responseFramingCases } from "./cases/response-framing.ts";
import { startResponseCases } from "./cases/start-response.ts";
import { startResponseFaultCases } from "./cases/start-response-faults.ts";
import { varFormCases } from "./cases/var-forms.ts";
import { varCases } from "./cases/vars.ts";
import type { WorkerCase } from "./worker-case.ts";

/** All cases for uwsgi servers, in the order they are told. */
export const workerSuite: readonly WorkerCase[] = [
  ...packetCases,
  ...packetCutCases,
  ...varCases,
  ...varFormCases,
  ...duplicateCases,
  ...encodingCases,
  ...environCases,
  ...mountingCases,
  ...inputCases,
  ...inputLengthCases,
  ...startResponseCases,
  ...startResponseFaultCases,
  ...responseFramingCases,
  ...responseBodyCases,
  ...errorCases,
  ...earlyAnswerCases,
  ...disconnectCases,
  ...limitCases,
  ...modifierCases,
];
