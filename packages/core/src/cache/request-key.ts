import type { JsonValue, LanguageModel, ModelCallOptions, ModelRequest } from "@salesagent/ports";
import { canonicalJson } from "../kernel/canonical-json.js";
import { sha256 } from "../kernel/sha256.js";

/** What makes two calls equal. */
export interface KeyedCall {
  readonly model: Pick<LanguageModel, "provider" | "modelId">;
  readonly request: ModelRequest;
  readonly call: ModelCallOptions;
  /** The host's own part. */
  readonly own: JsonValue | undefined;
}

/**
 * All that an answer depends on, as one text: the request but for `cacheKey`, the model, what a router chooses by (`task`,
 * `locality`), and the host's own part. How the call is made, for whom and with which limits is not in it.
 *
 * @returns Nothing for a request that is not JSON: it can't be told from others.
 */
export function requestText({ model, request, call, own }: KeyedCall): string | undefined {
  const { cacheKey: _, ...asked } = request;
  const { provider, modelId } = model;
  const { task, locality } = call;
  try {
    return canonicalJson({ provider, modelId, task, locality, own, request: asked });
  } catch {
    return undefined;
  }
}

/**
 * A short name for such a text.
 *
 * @param kind - Of entry, with the version of its format.
 */
export async function requestKey(kind: string, text: string): Promise<string> {
  return `${kind}/${await sha256(text)}`;
}
