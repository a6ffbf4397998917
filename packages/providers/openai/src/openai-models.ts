import type { ModelAbilities, ModelPrice, ModelProfile, TokenPrice } from "@salesagent/ports";
import type { ProfileTable } from "@salesagent/provider-kit";

const REASONING: ModelAbilities = {
  tools: true,
  parallelTools: true,
  structuredOutput: "schema",
  reasoning: true,
  vision: true,
  sampling: false,
  prefill: false,
};
const CHAT: ModelAbilities = { ...REASONING, reasoning: false, sampling: true };

const GENAI_PRICES = { asOf: "2026-08-02", note: "pydantic/genai-prices." };
const TRACKERS = {
  asOf: "2026-10-31",
  note: "LiteLLM and public trackers. The rates above 272k input tokens are taken from gpt-5.6: unverified.",
};
const UNVERIFIED = { asOf: "2026-11-20", note: "A public project's note, not read first-hand: unverified." };

type Price = Omit<ModelPrice, "asOf">;

/** Above 272,000 input tokens a call costs twice as much for input and half as much again for output. */
function tiered(rate: TokenPrice): Price {
  const { input, cachedInput, cacheWrite, output } = rate;
  const tier = {
    aboveInputTokens: 272_000,
    input: input * 2,
    ...(cachedInput === undefined ? {} : { cachedInput: cachedInput * 2 }),
    ...(cacheWrite === undefined ? {} : { cacheWrite: cacheWrite * 2 }),
    output: output * 1.5,
  };
  return { ...rate, tiers: [tier] };
}

function model(
  abilities: ModelAbilities,
  source: ModelProfile["source"],
  price: Price | undefined,
  contextTokens?: number,
  maxOutputTokens?: number,
): ModelProfile {
  return {
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    abilities,
    ...(price === undefined ? {} : { price: { ...price, asOf: source.asOf } }),
    locality: "cloud",
    source,
  };
}

const LONG = 1_050_000;

/** What is known of OpenAI's models. */
export const OPENAI_MODELS: ProfileTable = {
  unknown: {
    abilities: REASONING,
    locality: "cloud",
    source: {
      asOf: "2026-11-21",
      note: "Not listed: limits and price unknown; taken for a reasoning model, which refuses `temperature`.",
    },
  },
  models: {
    "gpt-6.1-sol": model(REASONING, UNVERIFIED, { input: 2, output: 10 }),
    "gpt-6.1-terra": model(REASONING, UNVERIFIED, { input: 1, output: 5 }),
    "gpt-6-sol": model(
      REASONING,
      TRACKERS,
      tiered({ input: 2, cachedInput: 0.2, cacheWrite: 2.5, output: 10 }),
      LONG,
      128_000,
    ),
    "gpt-6-luna": model(
      REASONING,
      TRACKERS,
      { input: 0.1, cachedInput: 0.01, cacheWrite: 0.125, output: 0.5 },
      LONG,
      128_000,
    ),
    "gpt-6-astra": model(
      REASONING,
      { asOf: "2026-11-20", note: "Known to the SDK; price unverified." },
      undefined,
    ),
    "gpt-5.6-sol": model(
      REASONING,
      GENAI_PRICES,
      tiered({ input: 5, cachedInput: 0.5, cacheWrite: 6.25, output: 30 }),
      LONG,
    ),
    "gpt-5.6-terra": model(REASONING, GENAI_PRICES, tiered({ input: 2, cachedInput: 0.2, output: 12 }), LONG),
    "gpt-5.6-luna": model(
      REASONING,
      GENAI_PRICES,
      tiered({ input: 0.2, cachedInput: 0.02, output: 1.2 }),
      LONG,
    ),
    "gpt-5.5": model(REASONING, GENAI_PRICES, { input: 5, cachedInput: 0.5, output: 30 }, LONG),
    "gpt-5.4": model(REASONING, GENAI_PRICES, { input: 2.5, cachedInput: 0.25, output: 15 }, LONG),
    "gpt-5.4-mini": model(REASONING, GENAI_PRICES, { input: 0.75, cachedInput: 0.075, output: 4.5 }, 400_000),
    "gpt-5.4-nano": model(REASONING, GENAI_PRICES, { input: 0.2, cachedInput: 0.02, output: 1.25 }, 400_000),
    "gpt-5.2": model(
      REASONING,
      GENAI_PRICES,
      { input: 1.75, cachedInput: 0.175, output: 14 },
      400_000,
      128_000,
    ),
    "gpt-5.1": model(
      REASONING,
      GENAI_PRICES,
      { input: 1.25, cachedInput: 0.125, output: 10 },
      400_000,
      128_000,
    ),
    "gpt-5": model(
      REASONING,
      GENAI_PRICES,
      { input: 1.25, cachedInput: 0.125, output: 10 },
      400_000,
      128_000,
    ),
    "gpt-5-mini": model(
      REASONING,
      GENAI_PRICES,
      { input: 0.25, cachedInput: 0.025, output: 2 },
      400_000,
      128_000,
    ),
    "gpt-5-nano": model(
      REASONING,
      GENAI_PRICES,
      { input: 0.05, cachedInput: 0.005, output: 0.4 },
      400_000,
      128_000,
    ),
    "gpt-4.1": model(CHAT, GENAI_PRICES, { input: 2, cachedInput: 0.5, output: 8 }, 1_047_576, 32_768),
    "gpt-4.1-mini": model(
      CHAT,
      GENAI_PRICES,
      { input: 0.4, cachedInput: 0.1, output: 1.6 },
      1_047_576,
      32_768,
    ),
    "gpt-4.1-nano": model(
      CHAT,
      GENAI_PRICES,
      { input: 0.1, cachedInput: 0.025, output: 0.4 },
      1_047_576,
      32_768,
    ),
    "gpt-4o": model(CHAT, GENAI_PRICES, { input: 2.5, cachedInput: 1.25, output: 10 }, 128_000, 16_384),
    "gpt-4o-mini": model(
      CHAT,
      GENAI_PRICES,
      { input: 0.15, cachedInput: 0.075, output: 0.6 },
      128_000,
      16_384,
    ),
  },
};

/** Prices of embeddings, USD per million tokens. */
export const OPENAI_EMBEDDING_PRICES: Readonly<Record<string, ModelPrice>> = {
  "text-embedding-3-small": { input: 0.02, output: 0, asOf: GENAI_PRICES.asOf },
  "text-embedding-3-large": { input: 0.13, output: 0, asOf: GENAI_PRICES.asOf },
  "text-embedding-ada-002": { input: 0.1, output: 0, asOf: GENAI_PRICES.asOf },
};

/**
 * The table for one model id. A dated snapshot (`gpt-4o-2024-08-06`) is its family; so is a fine-tuned model
 * (`ft:gpt-4o-mini:acme::x1`), whose price differs and so is unknown.
 */
export function openAiProfiles(modelId: string): ProfileTable {
  const { models, unknown } = OPENAI_MODELS;
  const tuned = modelId.startsWith("ft:");
  const base = tuned ? (modelId.split(":")[1] ?? "") : modelId;
  const family = base.replace(/-\d{4}-\d{2}-\d{2}$/, "");
  const known = Object.hasOwn(models, family) ? models[family] : undefined;
  if (!known) return { models: {}, unknown };
  const { price, ...rest } = known;
  return { models: {}, unknown: tuned || price === undefined ? rest : known };
}
