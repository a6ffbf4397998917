import type { Failure } from "../failure.js";
import { flavorOf } from "../openai/chat-format.js";
import { validateEmbeddings } from "../openai/embeddings.js";
import { validateChat } from "../openai/validate-chat.js";
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
  return VALIDATORS[request.dialect]?.(request, headers);
}

type Validator = (request: SandboxRequest, headers: Readonly<Record<string, string>>) => Failure | undefined;

const VALIDATORS: Readonly<Partial<Record<NonNullable<SandboxRequest["dialect"]>, Validator>>> = {
  "openai-chat": ({ vendor, body }) => validateChat(flavorOf({ vendor, body }), body),
  "openai-embeddings": ({ ask }) => validateEmbeddings(ask),
};
