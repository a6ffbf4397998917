/** Vendors that speak OpenAI's chat completions, each with deviations of its own. */
export const FLAVORS = [
  "openai",
  "cerebras",
  "deepseek",
  "openrouter",
  "vllm",
  "ollama-compat",
  "gemini-compat",
  "groq",
  "xai",
  "mistral",
  "snowflake",
] as const;

/** A vendor that speaks OpenAI's chat completions. */
export type Flavor = (typeof FLAVORS)[number];

/** Everything that the sandbox can stand in for. Each has a base URL of its own. */
export type Vendor = Flavor | "anthropic" | "gemini" | "ollama";

/** Every vendor, in the order in which base URLs are listed. */
export const VENDORS: readonly Vendor[] = [...FLAVORS, "anthropic", "gemini", "ollama"];

/** A wire format for answers. Embeddings have formats of their own, see `EmbeddingDialect`. */
export type Dialect = "openai-chat" | "openai-responses" | "anthropic" | "gemini" | "ollama";

/** A wire format for embeddings. */
export type EmbeddingDialect = "openai-embeddings" | "gemini-embeddings" | "ollama-embeddings";

const BASE_PATHS: Readonly<Record<Vendor, string>> = {
  openai: "/openai/v1",
  cerebras: "/cerebras/v1",
  deepseek: "/deepseek",
  openrouter: "/openrouter/api/v1",
  vllm: "/vllm/v1",
  "ollama-compat": "/ollama-compat/v1",
  "gemini-compat": "/gemini-compat/v1beta/openai",
  groq: "/groq/openai/v1",
  xai: "/xai/v1",
  mistral: "/mistral/v1",
  snowflake: "/snowflake/api/v2/cortex/v1",
  anthropic: "/anthropic",
  gemini: "/gemini/v1beta",
  ollama: "/ollama",
};

/** The path that a client of this vendor takes as its base, without an ending slash. */
export function basePathOf(vendor: Vendor): string {
  return BASE_PATHS[vendor];
}

/** True for the name of a vendor that the sandbox stands in for. */
export function isVendor(name: string): name is Vendor {
  return Object.hasOwn(BASE_PATHS, name);
}

/** True for a vendor that speaks OpenAI's chat completions. */
export function isFlavor(vendor: Vendor): vendor is Flavor {
  return vendor !== "anthropic" && vendor !== "gemini" && vendor !== "ollama";
}
