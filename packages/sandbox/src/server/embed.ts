import type { JsonObject, JsonValue } from "@salesagent/ports";
import { arrayOf, objectOf } from "../json-access.js";
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
  const size = embeddingSizeOf(ask.model, body["dimensions"] ?? askedSize(body));
  const vectors = reply.embeddings ?? ask.inputs.map((text) => simulatedVector(text, size));
  return RENDERERS[route.dialect](request, vectors, route.single === true);
}

/** Gemini names the size on each text of a batch; they are all the same. */
function askedSize(body: JsonObject): JsonValue | undefined {
  const first = body["requests"] === undefined ? body : objectOf(arrayOf(body["requests"])[0]);
  return objectOf(first)["outputDimensionality"];
}

type EmbeddingRenderer = (
  request: SandboxRequest,
  vectors: readonly (readonly number[])[],
  single: boolean,
) => JsonObject;

const RENDERERS: Readonly<Record<Extract<Route, { kind: "embed" }>["dialect"], EmbeddingRenderer>> = {
  "openai-embeddings": ({ ask, body }, vectors) => embeddingsBody(ask, vectors, body),
  "gemini-embeddings": (_request, vectors, single) => {
    const embeddings = vectors.map((values) => ({ values }));
    return single ? { embedding: embeddings[0] ?? { values: [] } } : { embeddings };
  },
  "ollama-embeddings": ({ ask }, vectors) => ({
    model: ask.model,
    embeddings: vectors,
    total_duration: 14_143_917,
    load_duration: 1_019_500,
    prompt_eval_count: ask.inputs.reduce((total, text) => total + Math.ceil(text.length / 4), 0),
  }),
};
