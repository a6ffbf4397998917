import type { Clock, ModelTimeouts } from "@salesagent/ports";
import type { ApiKey, Fetch, ProfileOverride } from "@salesagent/provider-kit";

/** How a server of this format is reached. */
export interface ConnectionSettings {
  /** @defaultValue the vendor's own variable, read at the first call */
  readonly apiKey?: ApiKey | undefined;
  /** Where the server is, up to the version: `https://api.openai.com/v1`. @defaultValue the vendor's own */
  readonly baseUrl?: string | undefined;
  /** Extra headers for each request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** @defaultValue the platform's `fetch` */
  readonly fetch?: Fetch | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Where keys are looked up when none was given. @defaultValue the process's environment */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Settings that every model of this format takes. */
export interface ChatModelSettings extends ConnectionSettings {
  /** What the host knows better of this model: limits, prices, abilities. */
  readonly profile?: ProfileOverride | undefined;
  /** Time limits of each call; a call's own win. @defaultValue those of `ModelTimeouts`, unless the vendor starts slowly */
  readonly timeouts?: ModelTimeouts | undefined;
  /** Makes ids for tool calls that come without one. @defaultValue random UUIDs */
  readonly createId?: (() => string) | undefined;
}

/** @throws TypeError when the text is not an http(s) URL. */
export function resolveBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new TypeError("baseUrl must be an http or https URL, such as https://api.openai.com/v1");
  }
  return text.replace(/\/+$/, "");
}

/** @throws TypeError when the id is blank. */
export function checkModelId(provider: string, modelId: string): void {
  if (modelId.trim() === "") throw new TypeError(`${provider}: the model id is empty`);
}
