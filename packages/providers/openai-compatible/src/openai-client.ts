import type { JsonObject } from "@salesagent/ports";
import { type Fetch, guardedFetch, loadSdk } from "@salesagent/provider-kit";

/** The few members of the vendor's client that are called. */
interface RawPost {
  post(path: string, options: object): { asResponse(): Promise<Response> };
}

/** What a client is made for. */
export interface OpenAiClientSettings {
  readonly baseUrl: string;
  /** @defaultValue the platform's `fetch` */
  readonly fetch: Fetch | undefined;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How one request is sent. */
export interface OpenAiPost {
  /** Absent for servers that need none. */
  readonly apiKey: string | undefined;
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The SDK's own limit, out of the way of ours: the longest delay that a timer holds. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** Stands where the SDK insists on a key; each request carries the real one itself. */
const PLACEHOLDER_KEY = "set-by-request";

/** What the SDK itself must add. Everything else is dropped unless the host set it. */
const SDK_HEADERS = new Set(["content-type"]);

const DEFAULT_HEADERS = { accept: "application/json", "user-agent": "salesagent" };

/**
 * The vendor's client, loaded at the first call: importing it takes about 100 ms. Its retries, logs and readings of the
 * environment are off: each request names all of its headers, since the SDK would take others from
 * `OPENAI_CUSTOM_HEADERS` and send them to any vendor.
 */
export class OpenAiClient {
  readonly #settings: OpenAiClientSettings;
  /** Names of the headers that requests set. */
  readonly #ownHeaders = new Set(["authorization"]);
  #raw: Promise<RawPost> | undefined;

  constructor(settings: OpenAiClientSettings) {
    this.#settings = settings;
  }

  /** Sends a body and answers with the raw response. @throws WireFailure for a status that is not a success. */
  async post(path: string, body: JsonObject, call: OpenAiPost): Promise<Response> {
    this.#raw ??= this.#connect();
    const raw = await this.#raw;
    const headers = this.#headers(call);
    return raw
      .post(path, { body, signal: call.signal, stream: body["stream"] === true, headers })
      .asResponse();
  }

  #headers(call: OpenAiPost): Readonly<Record<string, string | null>> {
    const given: Record<string, string | null> = {};
    // What another call has set must not come from the environment in this one.
    for (const name of this.#ownHeaders) given[name] = null;
    const authorization = call.apiKey === undefined ? {} : { authorization: `Bearer ${call.apiKey}` };
    for (const headers of [DEFAULT_HEADERS, authorization, this.#settings.headers, call.headers]) {
      for (const [name, value] of Object.entries(headers ?? {})) {
        given[name.toLowerCase()] = value;
        this.#ownHeaders.add(name.toLowerCase());
      }
    }
    return given;
  }

  async #connect(): Promise<RawPost> {
    const { default: OpenAI } = await loadSdk("openai", () => import("openai"));
    const { baseUrl, fetch = (input, init) => globalThis.fetch(input, init) } = this.#settings;
    return new OpenAI({
      apiKey: PLACEHOLDER_KEY,
      baseURL: baseUrl,
      organization: null,
      project: null,
      webhookSecret: null,
      maxRetries: 0,
      timeout: NO_TIMEOUT_MS,
      logLevel: "off",
      dangerouslyAllowBrowser: true,
      fetch: guardedFetch(fetch, this.#ownHeaders, SDK_HEADERS) as typeof globalThis.fetch,
    });
  }
}
