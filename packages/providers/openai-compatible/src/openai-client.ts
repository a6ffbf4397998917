import type { JsonObject } from "@salesagent/ports";
import { type Fetch, guardedFetch } from "@salesagent/provider-kit";

/** The few members of the vendor's client that are called. */
interface RawPost {
  post(path: string, options: object): { asResponse(): Promise<Response> };
}

/** What a client is made for. */
export interface OpenAiClientSettings {
  readonly baseUrl: string;
  readonly fetch: Fetch;
  readonly headers: Readonly<Record<string, string>>;
}

/** The SDK's own limit, out of the way of ours: the longest delay that a timer holds. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * The vendor's client, loaded at the first call: importing it takes about 100 ms. Its retries, logs and readings of the
 * environment are off.
 */
export class OpenAiClient {
  readonly #settings: OpenAiClientSettings;
  /** Names of the headers that the host sets; all others of the SDK's making are dropped. */
  readonly #ownHeaders = new Set<string>();
  #client: { readonly apiKey: string; readonly raw: RawPost } | undefined;

  constructor(settings: OpenAiClientSettings) {
    this.#settings = settings;
    this.#own(settings.headers);
  }

  /** Sends a body and answers with the raw response. @throws WireFailure for a status that is not a success. */
  async post(
    path: string,
    body: JsonObject,
    call: {
      readonly apiKey: string;
      readonly signal: AbortSignal;
      readonly headers?: Readonly<Record<string, string>> | undefined;
    },
  ): Promise<Response> {
    if (call.headers) this.#own(call.headers);
    const raw = await this.#connect(call.apiKey);
    return raw
      .post(path, {
        body,
        signal: call.signal,
        stream: body["stream"] === true,
        ...(call.headers === undefined ? {} : { headers: call.headers }),
      })
      .asResponse();
  }

  async #connect(apiKey: string): Promise<RawPost> {
    if (this.#client?.apiKey === apiKey) return this.#client.raw;
    const { default: OpenAI } = await import("openai");
    const { baseUrl, fetch, headers } = this.#settings;
    const raw = new OpenAI({
      apiKey,
      baseURL: baseUrl,
      organization: null,
      project: null,
      webhookSecret: null,
      maxRetries: 0,
      timeout: NO_TIMEOUT_MS,
      logLevel: "off",
      dangerouslyAllowBrowser: true,
      defaultHeaders: headers,
      fetch: guardedFetch(fetch, this.#ownHeaders) as typeof globalThis.fetch,
    });
    this.#client = { apiKey, raw };
    return raw;
  }

  #own(headers: Readonly<Record<string, string>>): void {
    for (const name of Object.keys(headers)) this.#ownHeaders.add(name.toLowerCase());
  }
}
