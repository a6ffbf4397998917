import type { ModelAbilities, ModelProfile, TokenPrice } from "@salesagent/ports";
import type { ProfileTable } from "@salesagent/provider-kit";

const AS_OF = "2026-08-02";

const abilities: ModelAbilities = {
  tools: true,
  parallelTools: true,
  structuredOutput: "schema",
  reasoning: true,
  vision: false,
  sampling: true,
  prefill: false,
};

const listed = (price: TokenPrice): ModelProfile => ({
  abilities,
  price: { ...price, asOf: AS_OF },
  locality: "cloud",
  source: {
    asOf: AS_OF,
    note: "genai-prices. An estimate: the charge that OpenRouter tells with each answer wins.",
  },
});

/** A sample of what OpenRouter offers. Costs need no price here, since each answer tells its own. */
export const OPENROUTER_MODELS: ProfileTable = {
  unknown: {
    abilities,
    locality: "cloud",
    source: { asOf: "2026-11-21", note: "Not listed: the cost is known when the answer tells it." },
  },
  models: {
    "deepseek/deepseek-v4-flash": listed({ input: 0.0983, cachedInput: 0.0197, output: 0.1966 }),
    "openai/gpt-oss-120b": listed({ input: 0.039, output: 0.18 }),
    "z-ai/glm-5.2": listed({ input: 1.4, cachedInput: 0.26, output: 4.4 }),
    "moonshotai/kimi-k2.6": listed({ input: 0.68, cachedInput: 0.34, output: 3.41 }),
    "minimax/minimax-m3": listed({ input: 0.3, cachedInput: 0.06, output: 1.2 }),
  },
};
