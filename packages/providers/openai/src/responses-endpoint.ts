import type { Endpoint } from "@salesagent/provider-openai-compatible";
import type { OpenAiPlace } from "./openai-place.js";
import { createWholeResponsesDecoder, StreamedResponsesDecoder } from "./responses-decoders.js";
import { toResponsesRequest } from "./to-responses-request.js";

/** How much of its reasoning a model is asked to tell. */
export type ReasoningSummary = "auto" | "concise" | "detailed";

/** OpenAI's responses endpoint. */
export function responsesEndpoint(place: OpenAiPlace, summary: ReasoningSummary | undefined): Endpoint {
  return {
    ...place,
    path: "/responses",
    toBody: (target, warn) => toResponsesRequest(target, summary, warn),
    createDecoder: (streamed) => (streamed ? new StreamedResponsesDecoder() : createWholeResponsesDecoder()),
  };
}
