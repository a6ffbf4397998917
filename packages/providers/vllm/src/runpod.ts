import type { LanguageModel } from "@salesagent/ports";
import type { ModelSettings } from "@salesagent/provider-kit";
import { createChatModel } from "@salesagent/provider-openai-compatible";
import { vllmDialect } from "./vllm-dialect.js";
import { servedModels } from "./vllm-profile.js";

/** A cold worker downloads and loads the model first. */
const COLD_START_MS = 600_000;

/** Settings of a model on a RunPod serverless endpoint. */
export interface RunPodSettings extends ModelSettings {
  /** Of the serverless endpoint, such as `abc123xyz`. */
  readonly endpointId: string;
  /** @defaultValue the endpoint's own OpenAI route */
  readonly baseUrl?: string | undefined;
}

/**
 * A model on a RunPod serverless endpoint with the vLLM worker. The key comes from `apiKey` or `RUNPOD_API_KEY`.
 * Time-outs for headers and first token are 600 s unless set, since a cold start takes minutes and a queued request is
 * not a dead one.
 *
 * @param modelId - The Hugging Face id, or `OPENAI_SERVED_MODEL_NAME_OVERRIDE` of the endpoint.
 * @throws TypeError naming the setting that can't be. Failures of calls come out of the stream.
 */
export function runpod(modelId: string, settings: RunPodSettings): LanguageModel {
  const { endpointId } = settings;
  if (!/^[\w-]+$/.test(endpointId)) {
    throw new TypeError("endpointId must be the id of a RunPod endpoint: letters, digits, - and _");
  }
  const dialect = vllmDialect({
    provider: "runpod",
    baseUrl: `https://api.runpod.ai/v2/${endpointId}/openai/v1`,
    keyVariables: ["RUNPOD_API_KEY"],
    keyRequired: true,
    profiles: servedModels("cloud"),
    timeouts: { headersMs: COLD_START_MS, firstTokenMs: COLD_START_MS },
  });
  return createChatModel(modelId, dialect, settings);
}
