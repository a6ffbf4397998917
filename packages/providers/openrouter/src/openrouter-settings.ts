import type { JsonObject } from "@salesagent/ports";
import type { ModelSettings } from "@salesagent/provider-kit";

/** Settings of a model at OpenRouter. */
export interface OpenRouterSettings extends ModelSettings {
  /** Your app's address, for OpenRouter's rankings (`HTTP-Referer`). @defaultValue not sent */
  readonly appUrl?: string | undefined;
  /** Your app's name, for the same (`X-OpenRouter-Title`). @defaultValue not sent */
  readonly appTitle?: string | undefined;
  /** Models that OpenRouter tries when the first fails. The answer does not tell which one wrote it. @defaultValue none */
  readonly fallbackModels?: readonly string[] | undefined;
  /** OpenRouter's `provider` object: `order`, `only`, `data_collection`, `zdr`, `max_price` and so on. */
  readonly routing?: JsonObject | undefined;
}
