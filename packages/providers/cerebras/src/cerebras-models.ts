import type { ModelAbilities, ModelProfile } from "@salesagent/ports";
import type { ProfileTable } from "@salesagent/provider-kit";

const abilities: ModelAbilities = {
  tools: true,
  parallelTools: true,
  structuredOutput: "schema",
  reasoning: true,
  vision: false,
  sampling: true,
  prefill: false,
};

/** By October 2026 these answered 404; the shared models left were gpt-oss-120b and qwen-3.8-27b. */
const retired = (successor: string): ModelProfile => ({
  abilities,
  locality: "cloud",
  retired: { successor },
  source: { asOf: "2026-10-08", note: "Answers 404. The successor is the nearest shared model left." },
});

/**
 * What is known of Cerebras's models. They retire fast: ask `GET /v1/models` when in doubt. Limits are those of paid
 * accounts; free ones have about half the context.
 */
export const CEREBRAS_MODELS: ProfileTable = {
  unknown: {
    abilities,
    locality: "cloud",
    source: { asOf: "2026-11-21", note: "Not listed: limits and price unknown." },
  },
  models: {
    "gpt-oss-120b": {
      contextTokens: 131_072,
      maxOutputTokens: 40_960,
      abilities,
      price: { input: 0.35, output: 0.75, asOf: "2026-06-10" },
      locality: "cloud",
      source: {
        asOf: "2026-06-10",
        note: "models.dev and genai-prices; no lower price for cached input is published.",
      },
    },
    "qwen-3.8-27b": {
      contextTokens: 128_000,
      abilities,
      price: { input: 0.99, output: 1.49, asOf: "2026-10-08" },
      locality: "cloud",
      source: { asOf: "2026-10-08", note: "A public project that quotes inference-docs.cerebras.ai." },
    },
    "llama3.1-8b": retired("gpt-oss-120b"),
    "llama-3.3-70b": retired("gpt-oss-120b"),
    "llama-4-scout-17b-16e-instruct": retired("gpt-oss-120b"),
    "llama-4-maverick-17b-128e-instruct": retired("gpt-oss-120b"),
    "qwen-3-32b": retired("qwen-3.8-27b"),
    "qwen-3-235b-a22b-instruct-2507": retired("gpt-oss-120b"),
    "qwen-3-235b-a22b-thinking-2507": retired("gpt-oss-120b"),
    "zai-glm-4.7": retired("gpt-oss-120b"),
  },
};
