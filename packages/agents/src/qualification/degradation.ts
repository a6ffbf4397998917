import { type LanguageModel, SalesAgentError } from "@salesagent/ports";
import type { Degradation } from "./qualification-result.js";

/**
 * What a failed model call is told as, where the rules' score stands in for it.
 *
 * @returns Nothing for a slip in the host's own code, which is not to be hidden behind the rules.
 */
export function degradationFor(
  error: unknown,
  { provider, modelId }: Pick<LanguageModel, "provider" | "modelId">,
): Degradation | undefined {
  if (SalesAgentError.is(error)) return { code: error.code, message: error.message };
  if (isSlip(error)) return undefined;
  // Its own message may hold a key or a prospect's words.
  const name = error instanceof Error ? error.name : typeof error;
  return {
    code: "internal",
    message: `${provider}/${modelId} failed with an error of its own kind (${name}).`,
  };
}

/** `fetch` fails with a TypeError too, which has a cause. */
function isSlip(error: unknown): boolean {
  if (error instanceof TypeError) return error.cause === undefined;
  return error instanceof RangeError || error instanceof ReferenceError;
}
