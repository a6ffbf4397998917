import {
  type Clock,
  type LanguageModel,
  type ModelCallOptions,
  type ModelProfile,
  type ModelRequest,
  type ModelStream,
  type ModelWarning,
  systemClock,
} from "@salesagent/ports";
import {
  checkModelId,
  exchangeStream,
  type ModelSettings,
  type PreparedRequest,
  postJson,
  resolveApiKey,
  resolveBaseUrl,
  resolveProfile,
  retiredWarning,
} from "@salesagent/provider-kit";
import { classifyGemini } from "./classify-gemini.js";
import { PROVIDER } from "./function-calls.js";
import { createWholeGeminiDecoder, StreamedGeminiDecoder } from "./gemini-decoders.js";
import { geminiProfiles } from "./gemini-models.js";
import { toGeminiRequest } from "./to-gemini-request.js";

/** Where the vendor is. */
export const BASE_URL = "https://generativelanguage.googleapis.com/v1beta";
/** The vendor's own variables for the key. */
export const KEY_VARIABLES = ["GEMINI_API_KEY", "GOOGLE_API_KEY"];

/**
 * A Gemini model, over the vendor's own API.
 *
 * @param modelId - Such as `gemini-3.8-flash`.
 * @throws TypeError for a blank model id or a base URL that is none.
 */
export function gemini(modelId: string, settings: ModelSettings = {}): LanguageModel {
  checkModelId(PROVIDER, modelId);
  return new GeminiModel(modelId, settings);
}

/** The path of a model: ids that already name their collection, such as `tunedModels/x`, stay as they are. */
export function modelPath(modelId: string): string {
  return modelId.includes("/") ? modelId : `models/${encodeURIComponent(modelId)}`;
}

class GeminiModel implements LanguageModel {
  readonly port = "language-model/1";
  readonly provider = PROVIDER;
  readonly modelId: string;
  readonly profile: ModelProfile;
  readonly #settings: ModelSettings;
  readonly #baseUrl: string;
  readonly #clock: Clock;

  constructor(modelId: string, settings: ModelSettings) {
    this.modelId = modelId;
    this.profile = resolveProfile(geminiProfiles, modelId.replace(/^models\//, ""), settings.profile);
    this.#settings = settings;
    this.#baseUrl = resolveBaseUrl(settings.baseUrl ?? BASE_URL, BASE_URL);
    this.#clock = settings.clock ?? systemClock;
  }

  stream(request: ModelRequest, call: ModelCallOptions = {}): ModelStream {
    const { provider, modelId, profile } = this;
    return exchangeStream(
      {
        provider,
        modelId,
        profile,
        baseUrl: this.#baseUrl,
        clock: this.#clock,
        classify: classifyGemini,
        prepare: () => this.#prepare(request, call),
      },
      { ...call, timeouts: { ...this.#settings.timeouts, ...call.timeouts } },
    );
  }

  async #prepare(request: ModelRequest, call: ModelCallOptions): Promise<PreparedRequest> {
    const { provider, modelId, profile } = this;
    const { apiKey: given, env, fetch, headers } = this.#settings;
    const { createId = () => `call_${crypto.randomUUID()}` } = this.#settings;
    const streamed = call.delivery !== "whole";
    const warnings: ModelWarning[] = retiredWarning(modelId, profile, this.#clock.now());
    const body = toGeminiRequest(request, { modelId, profile }, (warning) => warnings.push(warning));
    const apiKey = await resolveApiKey({ provider, modelId, apiKey: given, variables: KEY_VARIABLES, env });
    const method = streamed ? "streamGenerateContent?alt=sse" : "generateContent";
    const url = `${this.#baseUrl}/${modelPath(modelId)}:${method}`;
    return {
      send: (signal) =>
        postJson(url, body, {
          fetch,
          headers: [{ "x-goog-api-key": apiKey }, headers, call.headers],
          signal,
        }),
      decoder: streamed ? new StreamedGeminiDecoder(createId) : createWholeGeminiDecoder(createId),
      mediaTypes: [streamed ? "text/event-stream" : "application/json"],
      warnings,
      secrets: [apiKey],
    };
  }
}
