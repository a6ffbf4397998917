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
  type ApiKey,
  exchangeStream,
  type Fetch,
  type PreparedRequest,
  type ProfileOverride,
  resolveApiKey,
  resolveProfile,
} from "@salesagent/provider-kit";
import { StreamedChatDecoder, WholeChatDecoder } from "./chat-decoders.js";
import type { ChatDialect } from "./chat-dialect.js";
import { OpenAiClient } from "./openai-client.js";
import { toChatRequest } from "./to-chat-request.js";

/** Settings that every model of this format takes. */
export interface ChatModelSettings {
  /** @defaultValue the vendor's own variable, read at the first call */
  readonly apiKey?: ApiKey | undefined;
  /** Where the server is, up to the version: `https://api.openai.com/v1`. */
  readonly baseUrl?: string | undefined;
  /** Extra headers for each request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What the host knows better of this model: limits, prices, abilities. */
  readonly profile?: ProfileOverride | undefined;
  /** @defaultValue the platform's `fetch` */
  readonly fetch?: Fetch | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Makes ids for tool calls that come without one. @defaultValue random UUIDs */
  readonly createId?: (() => string) | undefined;
  /** Where keys are looked up when none was given. @defaultValue the process's environment */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** A model behind a chat completions endpoint. */
export function createChatModel(
  modelId: string,
  dialect: ChatDialect,
  settings: ChatModelSettings = {},
): LanguageModel {
  if (modelId.trim() === "") throw new TypeError(`${dialect.provider}: the model id is empty`);
  return new ChatModel(modelId, dialect, settings);
}

class ChatModel implements LanguageModel {
  readonly port = "language-model/1";
  readonly provider: string;
  readonly modelId: string;
  readonly profile: ModelProfile;
  readonly #dialect: ChatDialect;
  readonly #settings: ChatModelSettings;
  readonly #baseUrl: string;
  readonly #clock: Clock;
  readonly #client: OpenAiClient;

  constructor(modelId: string, dialect: ChatDialect, settings: ChatModelSettings) {
    this.provider = dialect.provider;
    this.modelId = modelId;
    this.profile = resolveProfile(dialect.profiles, modelId, settings.profile);
    this.#dialect = dialect;
    this.#settings = settings;
    this.#baseUrl = resolveBaseUrl(settings.baseUrl ?? dialect.baseUrl);
    this.#clock = settings.clock ?? systemClock;
    this.#client = new OpenAiClient({
      baseUrl: this.#baseUrl,
      fetch: settings.fetch ?? ((input, init) => globalThis.fetch(input, init)),
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
      call,
    );
  }

  async #prepare(request: ModelRequest, call: ModelCallOptions): Promise<PreparedRequest> {
    const dialect = this.#dialect;
    const streamed = call.delivery !== "whole";
    const warnings: ModelWarning[] = [];
    const target = { modelId: this.modelId, profile: this.profile, streamed };
    const body = toChatRequest(request, target, dialect, (warning) => warnings.push(warning));
    const apiKey = await this.#apiKey();
    const options = {
      provider: dialect.provider,
      createId: this.#settings.createId ?? (() => `call_${crypto.randomUUID()}`),
      acceptMissingReason: dialect.acceptMissingReason ?? false,
    };
    return {
      send: (signal) =>
        this.#client.post("/chat/completions", body, { apiKey, signal, headers: call.headers }),
      decoder: streamed ? new StreamedChatDecoder(options) : new WholeChatDecoder(options),
      mediaTypes: [streamed ? "text/event-stream" : "application/json"],
      warnings,
      secrets: [apiKey],
    };
  }

  async #apiKey(): Promise<string> {
    const { provider, modelId } = this;
    const { apiKey, env } = this.#settings;
    const { keyRequired, keyVariables: variables } = this.#dialect;
    // The vendor's client wants some key; servers that need none ignore it.
    const given = apiKey ?? (keyRequired ? undefined : "none");
    return resolveApiKey({ provider, modelId, apiKey: given, variables, env });
  }
}

/** @throws TypeError when the text is not an http(s) URL. */
function resolveBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new TypeError("baseUrl must be an http or https URL, such as https://api.openai.com/v1");
  }
  return text.replace(/\/+$/, "");
}
