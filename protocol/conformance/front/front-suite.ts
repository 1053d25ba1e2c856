import type { FrontCase } from "./front-case.ts";
import { bodyCases } from "./groups/body.ts";
import { bodylessCases } from "./groups/bodyless.ts";
import { chunkedUploadCases } from "./groups/chunked-upload.ts";
import { decodingCases } from "./groups/decoding.ts";
import { duplicateCases } from "./groups/duplicates.ts";
import { earlyAnswerCases } from "./groups/early-answer.ts";
import { headerNameCases } from "./groups/header-names.ts";
import { headerCases } from "./groups/headers.ts";
import { hopByHopCases } from "./groups/hop-by-hop.ts";
import { hostCases } from "./groups/host.ts";
import { interimCases } from "./groups/interim.ts";
import { methodCases } from "./groups/method.ts";
import { packetCases } from "./groups/packet.ts";
import { requestLineCases } from "./groups/request-line.ts";
import { resetCases } from "./groups/resets.ts";
import { responseChunkCases } from "./groups/response-chunks.ts";
import { responseFieldCases } from "./groups/response-fields.ts";
import { responseFramingCases } from "./groups/response-framing.ts";
import { responseHeadCases } from "./groups/response-head.ts";
import { reuseCases } from "./groups/reuse.ts";
import { sizeBoundaryCases } from "./groups/size-boundary.ts";
import { sizeCases } from "./groups/sizes.ts";
import { smugglingCases } from "./groups/smuggling.ts";
import { surplusCases } from "./groups/surplus.ts";
import { targetCases } from "./groups/target.ts";
import { timingCases } from "./groups/timing.ts";
import { truncationCases } from "./groups/truncation.ts";
import { varCases } from "./groups/vars.ts";

/** Every case for a front, in the order they are told: the request on its way, then the answer. */
export const frontSuite: readonly FrontCase[] = [
  ...requestLineCases,
  ...methodCases,
  ...targetCases,
  ...hostCases,
  ...headerCases,
  ...headerNameCases,
  ...packetCases,
  ...varCases,
  ...decodingCases,
  ...duplicateCases,
  ...hopByHopCases,
  ...bodyCases,
  ...chunkedUploadCases,
  ...sizeCases,
  ...sizeBoundaryCases,
  ...smugglingCases,
  ...responseHeadCases,
  ...responseFieldCases,
  ...responseFramingCases,
  ...responseChunkCases,
  ...truncationCases,
  ...interimCases,
  ...bodylessCases,
  ...surplusCases,
  ...resetCases,
  ...earlyAnswerCases,
  ...reuseCases,
  ...timingCases,
];
