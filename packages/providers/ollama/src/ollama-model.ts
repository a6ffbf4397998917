import {
  type Clock,
  type LanguageModel,
  type ModelCallOptions,
  type ModelProfile,
  type ModelRequest,
  type ModelStream,
  type ModelTimeouts,
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
} from "@salesagent/provider-kit";
import { adviseLocally, classifyOllama } from "./classify-ollama.js";
import { createWholeOllamaDecoder, StreamedOllamaDecoder } from "./ollama-decoders.js";
import { isCloudModel, ollamaProfile } from "./ollama-models.js";
import { checkBaseUrl, type OllamaServer, resolveServer } from "./ollama-server.js";
import { PROVIDER } from "./to-ollama-messages.js";
import { promptCharsOf, toOllamaRequest } from "./to-ollama-request.js";

/** Settings of an Ollama model. */
export interface OllamaSettings extends ModelSettings {
  /** The context window to load the model with, in tokens (`num_ctx`). @defaultValue the server's own, by the size of the GPU */
  readonly contextTokens?: number | undefined;
  /** How long the model stays loaded: `"10m"`, seconds, 0 to unload, -1 for ever. @defaultValue the server's own, five minutes */
  readonly keepAlive?: string | number | undefined;
  /**
   * What becomes of a prompt or an answer that does not fit the window: an error, or the server's own cut, which drops the
   * oldest text without a word. Servers that don't know the question cut; that is a warning where it shows.
   *
   * @defaultValue "error"
   */
  readonly overflow?: "error" | "cut" | undefined;
}

/** A server that must load its model first takes minutes to begin. */
const TIMEOUTS: ModelTimeouts = { headersMs: 300_000, firstTokenMs: 300_000, stallMs: 60_000 };

/**
 * A model of an Ollama server, over its native API.
 *
 * @param modelId - Such as `qwen3:8b`, or `gpt-oss:120b-cloud`.
 * @throws TypeError or RangeError naming the setting that can't be.
 */
export function ollama(modelId: string, settings: OllamaSettings = {}): LanguageModel {
  checkModelId(PROVIDER, modelId);
  checkBaseUrl(settings.baseUrl);
  const { contextTokens } = settings;
  if (contextTokens !== undefined && !(Number.isInteger(contextTokens) && contextTokens > 0)) {
    throw new RangeError(`contextTokens must be a whole number > 0, got ${contextTokens}`);
  }
  return new OllamaModel(modelId, settings);
}

class OllamaModel implements LanguageModel {
  readonly port = "language-model/1";
  readonly provider = PROVIDER;
  readonly modelId: string;
  readonly #settings: OllamaSettings;
  readonly #clock: Clock;
  #profile: ModelProfile | undefined;

  constructor(modelId: string, settings: OllamaSettings) {
    this.modelId = modelId;
    this.#settings = settings;
    this.#clock = settings.clock ?? systemClock;
  }

  /** Known when it is asked for, since the environment may say that the server is the vendor's cloud. */
  get profile(): ModelProfile {
    this.#profile ??= this.#makeProfile();
    return this.#profile;
  }

  stream(request: ModelRequest, call: ModelCallOptions = {}): ModelStream {
    const { provider, modelId } = this;
    const server = this.#server();
    return exchangeStream(
      {
        provider,
        modelId,
        profile: this.profile,
        baseUrl: "baseUrl" in server ? server.baseUrl : "",
        clock: this.#clock,
        classify: classifyOllama,
        advise: "cloud" in server && server.cloud ? undefined : adviseLocally(modelId),
        prepare: () => {
          if ("failure" in server) throw server.failure;
          return this.#prepare(request, call, server);
        },
      },
      { ...call, timeouts: { ...TIMEOUTS, ...this.#settings.timeouts, ...call.timeouts } },
    );
  }

  async #prepare(
    request: ModelRequest,
    call: ModelCallOptions,
    { baseUrl, cloud }: OllamaServer,
  ): Promise<PreparedRequest> {
    const { provider, modelId, profile } = this;
    const {
      apiKey: given,
      env,
      fetch,
      headers,
      contextTokens,
      keepAlive,
      overflow = "error",
    } = this.#settings;
    const { createId = () => `call_${crypto.randomUUID()}` } = this.#settings;
    const streamed = call.delivery !== "whole";
    const warnings: ModelWarning[] = [];
    const target = { modelId, profile, streamed, contextTokens, keepAlive, overflow };
    const body = toOllamaRequest(request, target, (warning) => warnings.push(warning));
    // The vendor's variable holds a key for its cloud, and goes nowhere else.
    const variables = cloud ? ["OLLAMA_API_KEY"] : [];
    const key = { provider, modelId, apiKey: given, variables, required: cloud, env };
    const apiKey = await resolveApiKey(key);
    const auth = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    const free = profile.price?.input === 0 && profile.price.output === 0;
    const options = { createId, free, promptChars: promptCharsOf(body), contextTokens };
    return {
      send: (signal) =>
        postJson(`${baseUrl}/api/chat`, body, { fetch, headers: [auth, headers, call.headers], signal }),
      decoder: streamed ? new StreamedOllamaDecoder(options) : createWholeOllamaDecoder(options),
      // Some proxies call lines of JSON plain JSON.
      mediaTypes: streamed ? ["application/x-ndjson", "application/json"] : ["application/json"],
      warnings,
      secrets: apiKey === undefined ? [] : [apiKey],
    };
  }

  #makeProfile(): ModelProfile {
    const server = this.#server();
    const cloud = isCloudModel(this.modelId) || ("cloud" in server && server.cloud);
    const { contextTokens, profile } = this.#settings;
    return ollamaProfile(this.modelId, cloud, contextTokens, profile);
  }

  /** A wrong variable is told by the call, not by asking for the model's profile. */
  #server(): OllamaServer | { readonly failure: unknown } {
    try {
      return resolveServer(this.#settings.baseUrl, this.#settings.env);
    } catch (failure) {
      return { failure };
    }
  }
}
