import type { ModelAbilities, ModelPrice, ModelProfile, TokenPrice } from "@salesagent/ports";
import type { ProfileTable } from "@salesagent/provider-kit";

const AS_OF = "2026-11-20";
const SOURCE = { asOf: AS_OF, note: "api-docs.deepseek.com, Models & Pricing." };

const abilities: ModelAbilities = {
  tools: true,
  parallelTools: true,
  structuredOutput: "json",
  reasoning: true,
  vision: false,
  sampling: true,
  prefill: false,
};

/** Monday to Friday, 01:00–04:00 and 06:00–10:00 UTC. */
function hourlyPrice(offPeak: TokenPrice, peak: TokenPrice): ModelPrice {
  const days = [1, 2, 3, 4, 5];
  return {
    ...offPeak,
    windows: [
      { ...peak, days, fromHour: 1, untilHour: 4 },
      { ...peak, days, fromHour: 6, untilHour: 10 },
    ],
    asOf: AS_OF,
  };
}

const FLASH: ModelProfile = {
  contextTokens: 1_000_000,
  maxOutputTokens: 384_000,
  abilities,
  price: hourlyPrice(
    { input: 0.15, cachedInput: 0.003, output: 0.6 },
    { input: 0.3, cachedInput: 0.006, output: 1.2 },
  ),
  locality: "cloud",
  source: SOURCE,
};

const PRO: ModelProfile = {
  ...FLASH,
  price: hourlyPrice(
    { input: 0.66, cachedInput: 0.022, output: 1.98 },
    { input: 1.32, cachedInput: 0.044, output: 3.96 },
  ),
};

const unknown: ModelProfile = {
  abilities,
  locality: "cloud",
  source: { asOf: AS_OF, note: "Not listed: limits and price unknown." },
};

/** The vendor names no successor for these one by one. */
const EARLIER: ModelProfile = {
  ...unknown,
  retired: {},
  source: { asOf: AS_OF, note: "A name from before V4; today's are deepseek-flash and deepseek-v4-pro." },
};

/** What is known of DeepSeek's models. Prices depend on the hour. */
export const DEEPSEEK_MODELS: ProfileTable = {
  unknown,
  models: {
    "deepseek-flash": FLASH,
    "deepseek-v4-flash": FLASH,
    "deepseek-v4-pro": PRO,
    "deepseek-chat": EARLIER,
    "deepseek-reasoner": EARLIER,
  },
};
