import type { JsonObject } from "@salesagent/ports";
import { embeddingSizeOf, embeddingsBody } from "../openai/embeddings.js";
import { simulatedVector } from "../rehearsal/vector.js";
import type { Reply } from "../reply.js";
import type { SandboxRequest } from "../sandbox-request.js";
import type { Route } from "./route.js";

/** The body of an answer to an embeddings request. */
export function embeddingAnswer(
  request: SandboxRequest,
  route: Extract<Route, { kind: "embed" }>,
  reply: Reply,
): JsonObject {
  const { ask, body } = request;
  const size = embeddingSizeOf(ask.model, body["dimensions"]);
  const vectors = reply.embeddings ?? ask.inputs.map((text) => simulatedVector(text, size));
  return RENDERERS[route.dialect]?.(request, vectors, route.single === true) ?? {};
}

type EmbeddingRenderer = (
  request: SandboxRequest,
  vectors: readonly (readonly number[])[],
  single: boolean,
) => JsonObject;

const RENDERERS: Readonly<Partial<Record<Extract<Route, { kind: "embed" }>["dialect"], EmbeddingRenderer>>> =
  {
    "openai-embeddings": ({ ask, body }, vectors) => embeddingsBody(ask, vectors, body),
  };
