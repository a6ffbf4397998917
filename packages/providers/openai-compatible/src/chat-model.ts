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
  resolveApiKey,
  resolveBaseUrl,
  resolveProfile,
  retiredWarning,
} from "@salesagent/provider-kit";
import { StreamedChatDecoder, WholeChatDecoder } from "./chat-decoders.js";
import type { ChatDialect } from "./chat-dialect.js";
import { OpenAiClient } from "./openai-client.js";
import { toChatRequest } from "./to-chat-request.js";

/**
 * A model behind a chat completions endpoint.
 *
 * @throws TypeError for a blank model id or a base URL that is none.
 */
export function createChatModel(
  modelId: string,
  dialect: ChatDialect,
  settings: ModelSettings = {},
): LanguageModel {
  checkModelId(dialect.provider, modelId);
  return new ChatModel(modelId, dialect, settings);
}

class ChatModel implements LanguageModel {
  readonly port = "language-model/1";
  readonly provider: string;
  readonly modelId: string;
  readonly profile: ModelProfile;
  readonly #dialect: ChatDialect;
  readonly #settings: ModelSettings;
  readonly #baseUrl: string;
  readonly #clock: Clock;
  readonly #client: OpenAiClient;

  constructor(modelId: string, dialect: ChatDialect, settings: ModelSettings) {
    this.provider = dialect.provider;
    this.modelId = modelId;
    this.profile = resolveProfile(dialect.profiles, modelId, settings.profile);
    this.#dialect = dialect;
    this.#settings = settings;
    this.#baseUrl = resolveBaseUrl(settings.baseUrl ?? dialect.baseUrl);
    this.#clock = settings.clock ?? systemClock;
    this.#client = new OpenAiClient({
      baseUrl: this.#baseUrl,
      fetch: settings.fetch,
      headers: { ...dialect.headers, ...settings.headers },
    });
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
        requestIdHeader: this.#dialect.requestIdHeader,
        classify: this.#dialect.classify,
        prepare: () => this.#prepare(request, call),
      },
      { ...call, timeouts: { ...this.#dialect.timeouts, ...this.#settings.timeouts, ...call.timeouts } },
    );
  }

  async #prepare(request: ModelRequest, call: ModelCallOptions): Promise<PreparedRequest> {
    const { modelId, profile } = this;
    const dialect = this.#dialect;
    const streamed = call.delivery !== "whole";
    const warnings: ModelWarning[] = retiredWarning(modelId, profile, this.#clock.now());
    const body = toChatRequest({ request, modelId, profile, streamed }, dialect, (warning) =>
      warnings.push(warning),
    );
    const apiKey = await this.#apiKey();
    const options = {
      provider: dialect.provider,
      createId: this.#settings.createId ?? (() => `call_${crypto.randomUUID()}`),
      acceptMissingReason: dialect.acceptMissingReason ?? false,
      thinkTags: dialect.thinkTags ?? false,
    };
    return {
      send: (signal) =>
        this.#client.post("/chat/completions", body, { apiKey, signal, headers: call.headers }),
      decoder: streamed ? new StreamedChatDecoder(options) : new WholeChatDecoder(options),
      mediaTypes: [streamed ? "text/event-stream" : "application/json"],
      warnings,
      secrets: apiKey === undefined ? [] : [apiKey],
    };
  }

  #apiKey(): Promise<string | undefined> {
    const { provider, modelId } = this;
    const { apiKey, env } = this.#settings;
    const { keyRequired: required, keyVariables: variables } = this.#dialect;
    return resolveApiKey({ provider, modelId, apiKey, variables, required, env });
  }
}
