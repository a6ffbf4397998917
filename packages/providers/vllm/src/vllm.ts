import type { LanguageModel } from "@salesagent/ports";
import type { ModelSettings } from "@salesagent/provider-kit";
import { createChatModel } from "@salesagent/provider-openai-compatible";
import { vllmDialect } from "./vllm-dialect.js";
import { servedModels } from "./vllm-profile.js";

/** A server that is busy queues requests, sometimes for minutes. */
const BUSY_MS = 300_000;

/** Settings of a model on a vLLM server. */
export interface VllmSettings extends ModelSettings {
  /** Where the server is: `http://host:8000/v1`. */
  readonly baseUrl: string;
  /** What the server was started with as `--api-key`. @defaultValue `VLLM_API_KEY`, else none is sent */
  readonly apiKey?: ModelSettings["apiKey"];
}

/**
 * A model on a vLLM server of your own. Time-outs for headers and first token are 300 s unless set.
 *
 * @param modelId - As served: the Hugging Face id or `--served-model-name`.
 * @throws TypeError naming the setting that can't be. Failures of calls come out of the stream.
 */
export function vllm(modelId: string, settings: VllmSettings): LanguageModel {
  const dialect = vllmDialect({
    provider: "vllm",
    baseUrl: settings.baseUrl,
    keyVariables: ["VLLM_API_KEY"],
    keyRequired: false,
    profiles: servedModels("local"),
    timeouts: { headersMs: BUSY_MS, firstTokenMs: BUSY_MS },
  });
  return createChatModel(modelId, dialect, settings);
}
