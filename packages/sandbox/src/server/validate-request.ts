import { validateAnthropic } from "../anthropic/validate-anthropic.js";
import type { Failure } from "../failure.js";
import { validateGemini } from "../gemini/validate-gemini.js";
import { validateOllama } from "../ollama/read-ollama-ask.js";
import { flavorOf } from "../openai/chat-format.js";
import { validateEmbeddings } from "../openai/embeddings.js";
import { validateChat } from "../openai/validate-chat.js";
import { validateResponses } from "../openai/validate-responses.js";
import type { SandboxRequest } from "../sandbox-request.js";

/** The model name that no vendor knows. */
export const MISSING_MODEL = "missing-model";

/** What the vendor refuses about a request to generate or embed. */
export function validateRequest(
  request: SandboxRequest,
  headers: Readonly<Record<string, string>>,
): Failure | undefined {
  if (request.dialect === undefined) return undefined;
  if (request.ask.model === MISSING_MODEL) {
    return { reason: "not-found", model: MISSING_MODEL };
  }
  return VALIDATORS[request.dialect](request, headers);
}

type Validator = (request: SandboxRequest, headers: Readonly<Record<string, string>>) => Failure | undefined;

const VALIDATORS: Readonly<Record<NonNullable<SandboxRequest["dialect"]>, Validator>> = {
  "openai-chat": ({ vendor, body }) => validateChat(flavorOf({ vendor }), body),
  "openai-responses": ({ body }) => validateResponses(body),
  anthropic: ({ body }, headers) => validateAnthropic(body, headers),
  gemini: ({ body, ask }) => validateGemini(body, ask.model),
  ollama: ({ body }) => validateOllama(body),
  "openai-embeddings": ({ ask }) => validateEmbeddings(ask),
  "gemini-embeddings": ({ ask }) => validateEmbeddings(ask),
  "ollama-embeddings": () => undefined,
};
