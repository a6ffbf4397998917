import type { JsonObject } from "@salesagent/ports";
import { type Fetch, guardedFetch, loadSdk } from "@salesagent/provider-kit";
import type { ApiVersion } from "./claude-models.js";

/** Which header carries the key. */
export type AnthropicAuth = "bearer" | "x-api-key";

/** The few members of the vendor's client that are called. */
interface RawPost {
  post(path: string, options: object): { asResponse(): Promise<Response> };
}

/** What a client is made for. */
export interface AnthropicClientSettings {
  readonly baseUrl: string;
  readonly apiVersion: ApiVersion;
  readonly auth: AnthropicAuth;
  /** @defaultValue the platform's `fetch` */
  readonly fetch: Fetch | undefined;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How one request is sent. */
export interface AnthropicPost {
  readonly apiKey: string;
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The SDK's own limit, out of the way of ours: the longest delay that a timer holds. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** Stands where the SDK insists on a key, and would look for one on disk; each request carries the real one itself. */
const PLACEHOLDER_KEY = "set-by-request";

/** What the SDK itself must add. Everything else is dropped unless the host set it. */
const SDK_HEADERS = new Set(["content-type"]);

/**
 * The vendor's client, loaded at the first call: importing it takes about 250 ms. Its retries, logs, spans and readings of
 * the environment are off: each request names all of its headers, since the SDK would take others from
 * `ANTHROPIC_CUSTOM_HEADERS`.
 */
export class AnthropicClient {
  readonly #settings: AnthropicClientSettings;
  /** Names of the headers that requests set. */
  readonly #ownHeaders: Set<string>;
  #raw: Promise<RawPost> | undefined;

  constructor(settings: AnthropicClientSettings) {
    this.#settings = settings;
    const auth = settings.auth === "bearer" ? "authorization" : "x-api-key";
    this.#ownHeaders = new Set(["accept", "anthropic-version", "user-agent", auth]);
  }

  /** Sends a body and answers with the raw response. @throws WireFailure for a status that is not a success. */
  async post(body: JsonObject, call: AnthropicPost): Promise<Response> {
    this.#raw ??= this.#connect();
    const raw = await this.#raw;
    const stream = body["stream"] === true;
    // The raw path: `messages.create` prints warnings and refuses long answers that are not streamed.
    return raw
      .post("/v1/messages", { body, signal: call.signal, stream, headers: this.#headers(call) })
      .asResponse();
  }

  #headers(call: AnthropicPost): Readonly<Record<string, string | null>> {
    const { apiVersion, auth, headers } = this.#settings;
    const given: Record<string, string> = {};
    for (const [name, value] of [headers, call.headers].flatMap((some) => Object.entries(some ?? {}))) {
      given[name.toLowerCase()] = value;
      this.#ownHeaders.add(name.toLowerCase());
    }
    return {
      accept: "application/json",
      authorization: auth === "bearer" ? `Bearer ${call.apiKey}` : null,
      "x-api-key": auth === "bearer" ? null : call.apiKey,
      "anthropic-version": apiVersion,
      "user-agent": "salesagent",
      ...given,
    };
  }

  async #connect(): Promise<RawPost> {
    const { default: Anthropic } = await loadSdk("@anthropic-ai/sdk", () => import("@anthropic-ai/sdk"));
    const { baseUrl, fetch = (input, init) => globalThis.fetch(input, init) } = this.#settings;
    return new Anthropic({
      apiKey: PLACEHOLDER_KEY,
      baseURL: baseUrl,
      webhookKey: null,
      maxRetries: 0,
      timeout: NO_TIMEOUT_MS,
      logLevel: "off",
      openTelemetry: false,
      dangerouslyAllowBrowser: true,
      // A redirect would carry the key to wherever it points.
      fetchOptions: { redirect: "error" },
      fetch: guardedFetch(fetch, this.#ownHeaders, SDK_HEADERS) as typeof globalThis.fetch,
    });
  }
}
