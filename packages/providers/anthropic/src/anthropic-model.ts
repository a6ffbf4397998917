import {
  type Clock,
  type JsonObject,
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
  resolveApiKey,
  resolveBaseUrl,
  retiredWarning,
} from "@salesagent/provider-kit";
import { type AnthropicAuth, AnthropicClient } from "./anthropic-client.js";
import { classifyAnthropic } from "./classify-anthropic.js";
import { type ApiVersion, claudeProfile } from "./claude-models.js";
import { PROVIDER } from "./messages-answer.js";
import { createWholeMessagesDecoder, StreamedMessagesDecoder } from "./messages-decoders.js";
import { continuedResponse, PausedTurn } from "./paused-turn.js";
import { toMessagesRequest } from "./to-messages-request.js";

/** Settings of a Claude model. */
export interface AnthropicSettings extends ModelSettings {
  /**
   * Version of the API. `2026-10-21` takes no sampling settings; `2023-06-01` is what servers that imitate this API know.
   *
   * @defaultValue "2026-10-21"
   */
  readonly apiVersion?: ApiVersion | undefined;
  /** Which header carries the key. @defaultValue "bearer" under `2026-10-21`, "x-api-key" under `2023-06-01` */
  readonly auth?: AnthropicAuth | undefined;
}

const BASE_URL = "https://api.anthropic.com";

/**
 * A Claude model, over the Messages API. Needs the package `@anthropic-ai/sdk`, which is loaded at the first call.
 *
 * @param modelId - Such as `claude-sonnet-5-5`.
 * @throws TypeError for a blank model id or a base URL that is none.
 */
export function anthropic(modelId: string, settings: AnthropicSettings = {}): LanguageModel {
  checkModelId(PROVIDER, modelId);
  return new AnthropicModel(modelId, settings);
}

class AnthropicModel implements LanguageModel {
  readonly port = "language-model/1";
  readonly provider = PROVIDER;
  readonly modelId: string;
  readonly profile: ModelProfile;
  readonly #settings: AnthropicSettings;
  readonly #baseUrl: string;
  readonly #clock: Clock;
  readonly #client: AnthropicClient;

  constructor(modelId: string, settings: AnthropicSettings) {
    const { apiVersion = "2026-10-21", fetch, headers = {} } = settings;
    const { auth = apiVersion === "2026-10-21" ? "bearer" : "x-api-key" } = settings;
    this.modelId = modelId;
    this.profile = claudeProfile(modelId, apiVersion, settings.profile);
    this.#settings = settings;
    this.#baseUrl = resolveBaseUrl(settings.baseUrl ?? BASE_URL, BASE_URL).replace(/\/v1$/, "");
    this.#clock = settings.clock ?? systemClock;
    this.#client = new AnthropicClient({ baseUrl: this.#baseUrl, apiVersion, auth, fetch, headers });
  }

  stream(request: ModelRequest, call: ModelCallOptions = {}): ModelStream {
    const { provider, modelId } = this;
    return exchangeStream(
      {
        provider,
        modelId,
        profile: isListPriced(request) ? this.profile : withoutPrice(this.profile),
        baseUrl: this.#baseUrl,
        clock: this.#clock,
        requestIdHeader: "request-id",
        classify: classifyAnthropic,
        prepare: () => this.#prepare(request, call),
      },
      { ...call, timeouts: { ...this.#settings.timeouts, ...call.timeouts } },
    );
  }

  async #prepare(request: ModelRequest, call: ModelCallOptions): Promise<PreparedRequest> {
    const { provider, modelId, profile } = this;
    const { apiKey: given, env, createId = () => `toolu_${crypto.randomUUID()}` } = this.#settings;
    // A turn that the vendor pauses is continued event by event, so it is never asked for whole.
    const paused = runsVendorTools(request) ? new PausedTurn() : undefined;
    const streamed = call.delivery !== "whole" || paused !== undefined;
    const warnings: ModelWarning[] = retiredWarning(modelId, profile, this.#clock.now());
    const { body, outputTool } = toMessagesRequest(request, { modelId, profile, streamed }, (warning) =>
      warnings.push(warning),
    );
    const apiKey = await resolveApiKey({
      provider,
      modelId,
      apiKey: given,
      variables: ["ANTHROPIC_API_KEY"],
      env,
    });
    const options = { createId, outputTool };
    const post = (sent: JsonObject, signal: AbortSignal) =>
      this.#client.post(sent, { apiKey, signal, headers: call.headers });
    return {
      async send(signal) {
        const response = await post(body, signal);
        if (!paused) return response;
        return continuedResponse(response, paused, (content) => post(withTurn(body, content), signal));
      },
      decoder: streamed ? new StreamedMessagesDecoder(options, paused) : createWholeMessagesDecoder(options),
      mediaTypes: [streamed ? "text/event-stream" : "application/json"],
      warnings,
      secrets: [apiKey],
    };
  }
}

/** The body with the vendor's unfinished turn at its end. */
function withTurn(body: JsonObject, content: readonly JsonObject[]): JsonObject {
  const messages = Array.isArray(body["messages"]) ? body["messages"] : [];
  return { ...body, messages: [...messages, { role: "assistant", content }] };
}

/** Tools that the vendor runs itself come only through its own options. */
function runsVendorTools({ providerOptions }: ModelRequest): boolean {
  const own = providerOptions?.[PROVIDER];
  return own !== undefined && ("tools" in own || "mcp_servers" in own);
}

/** Fast and regional answers cost more than the list says. */
function isListPriced({ providerOptions }: ModelRequest): boolean {
  const own = providerOptions?.[PROVIDER];
  return own?.["speed"] !== "fast" && (own?.["inference_geo"] ?? "global") === "global";
}

function withoutPrice(profile: ModelProfile): ModelProfile {
  const { price: _, ...rest } = profile;
  return rest;
}
