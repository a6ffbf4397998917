import type { Endpoint } from "@salesagent/provider-openai-compatible";
import type { OpenAiPlace } from "./openai-place.js";
import type { ReasoningSummary } from "./reasoning-summary.js";
import { createWholeResponsesDecoder, StreamedResponsesDecoder } from "./responses-decoders.js";
import { toResponsesRequest } from "./to-responses-request.js";

/** OpenAI's responses endpoint. */
export function responsesEndpoint(place: OpenAiPlace, summary: ReasoningSummary | undefined): Endpoint {
  return {
    ...place,
    path: "/responses",
    toBody: (target, warn) => toResponsesRequest(target, summary, warn),
    createDecoder: (streamed) => (streamed ? new StreamedResponsesDecoder() : createWholeResponsesDecoder()),
  };
}
