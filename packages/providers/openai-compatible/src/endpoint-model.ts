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
  type AnswerDecoder,
  checkModelId,
  exchangeStream,
  type ModelSettings,
  type PreparedRequest,
  resolveApiKey,
  resolveBaseUrl,
  resolveProfile,
  retiredWarning,
  type Warn,
} from "@salesagent/provider-kit";
import type { ChatDialect, ChatTarget } from "./chat-dialect.js";
import { OpenAiClient } from "./openai-client.js";

/** An endpoint that answers with text, and what its vendor needs. */
export interface Endpoint
  extends Pick<
    ChatDialect,
    | "provider"
    | "baseUrl"
    | "keyVariables"
    | "keyRequired"
    | "profiles"
    | "requestIdHeader"
    | "timeouts"
    | "headers"
    | "classify"
    | "isListPriced"
  > {
  /** Behind the base URL, such as `/chat/completions`. */
  readonly path: string;
  /** Maps a request to the wire. Pure. */
  toBody(target: ChatTarget, warn: Warn): JsonObject;
  /** @param createId - Makes ids for tool calls that come without one. */
  createDecoder(streamed: boolean, createId: () => string): AnswerDecoder;
}

/**
 * A model behind an endpoint.
 *
 * @throws TypeError for a blank model id or a base URL that is none.
 */
export function createEndpointModel(
  modelId: string,
  endpoint: Endpoint,
  settings: ModelSettings = {},
): LanguageModel {
  checkModelId(endpoint.provider, modelId);
  return new EndpointModel(modelId, endpoint, settings);
}

class EndpointModel implements LanguageModel {
  readonly port = "language-model/1";
  readonly provider: string;
  readonly modelId: string;
  readonly profile: ModelProfile;
  readonly #endpoint: Endpoint;
  readonly #settings: ModelSettings;
  readonly #baseUrl: string;
  readonly #clock: Clock;
  readonly #client: OpenAiClient;

  constructor(modelId: string, endpoint: Endpoint, settings: ModelSettings) {
    this.provider = endpoint.provider;
    this.modelId = modelId;
    this.profile = resolveProfile(endpoint.profiles, modelId, settings.profile);
    this.#endpoint = endpoint;
    this.#settings = settings;
    this.#baseUrl = resolveBaseUrl(settings.baseUrl ?? endpoint.baseUrl);
    this.#clock = settings.clock ?? systemClock;
    this.#client = new OpenAiClient({
      baseUrl: this.#baseUrl,
      fetch: settings.fetch,
      headers: { ...endpoint.headers, ...settings.headers },
    });
  }

  stream(request: ModelRequest, call: ModelCallOptions = {}): ModelStream {
    const { provider, modelId, profile } = this;
    const { requestIdHeader, classify, timeouts } = this.#endpoint;
    const listPriced = this.#endpoint.isListPriced?.(request) ?? true;
    return exchangeStream(
      {
        provider,
        modelId,
        profile: listPriced ? profile : withoutPrice(profile),
        baseUrl: this.#baseUrl,
        clock: this.#clock,
        requestIdHeader,
        classify,
        prepare: () => this.#prepare(request, call),
      },
      { ...call, timeouts: { ...timeouts, ...this.#settings.timeouts, ...call.timeouts } },
    );
  }

  async #prepare(request: ModelRequest, call: ModelCallOptions): Promise<PreparedRequest> {
    const { modelId, profile } = this;
    const endpoint = this.#endpoint;
    const streamed = call.delivery !== "whole";
    const warnings: ModelWarning[] = retiredWarning(modelId, profile, this.#clock.now());
    const warn = (warning: ModelWarning) => void warnings.push(warning);
    const body = endpoint.toBody({ request, modelId, profile, streamed }, warn);
    const apiKey = await this.#apiKey();
    const createId = this.#settings.createId ?? (() => `call_${crypto.randomUUID()}`);
    return {
      send: (signal) => this.#client.post(endpoint.path, body, { apiKey, signal, headers: call.headers }),
      decoder: endpoint.createDecoder(streamed, createId),
      mediaTypes: [streamed ? "text/event-stream" : "application/json"],
      warnings,
      secrets: secretsOf(apiKey, this.#settings.headers, call.headers),
    };
  }

  #apiKey(): Promise<string | undefined> {
    const { provider, modelId } = this;
    const { apiKey, env } = this.#settings;
    const { keyRequired: required, keyVariables: variables } = this.#endpoint;
    return resolveApiKey({ provider, modelId, apiKey, variables, required, env });
  }
}

/** The key, and what headers of the host's own hold in its place: gateways have names of their own for it. */
function secretsOf(
  apiKey: string | undefined,
  ...headers: readonly (Readonly<Record<string, string>> | undefined)[]
): string[] {
  const secrets = apiKey === undefined ? [] : [apiKey];
  for (const [name, value] of headers.flatMap((own) => Object.entries(own ?? {}))) {
    if (/auth|key|token|secret|cookie/i.test(name)) secrets.push(value.replace(/^Bearer\s+/i, ""));
  }
  return secrets;
}

function withoutPrice(profile: ModelProfile): ModelProfile {
  const { price: _, ...rest } = profile;
  return rest;
}
