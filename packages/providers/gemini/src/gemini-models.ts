import type {
  ModelAbilities,
  ModelPrice,
  ModelProfile,
  ReasoningEffort,
  TokenPrice,
} from "@salesagent/ports";
import type { ProfileTable } from "@salesagent/provider-kit";

const AS_OF = "2026-10-07";
const NOTE = "ai.google.dev pricing";

const ABILITIES: ModelAbilities = {
  tools: true,
  parallelTools: true,
  structuredOutput: "schema",
  reasoning: true,
  vision: true,
  sampling: true,
  prefill: false,
};

type PriceExtras = Pick<ModelPrice, "tiers" | "changes">;

function model(rate: TokenPrice, extras: PriceExtras = {}): ModelProfile {
  return {
    contextTokens: 1_048_576,
    maxOutputTokens: 65_536,
    abilities: ABILITIES,
    price: { ...rate, ...extras, asOf: AS_OF },
    locality: "cloud",
    source: { asOf: AS_OF, note: NOTE },
  };
}

/** The source tells no rate for cached input above the threshold; it is then counted as plain input, never too low. */
function above200k(input: number, output: number): PriceExtras {
  return { tiers: [{ aboveInputTokens: 200_000, input, output }] };
}

function from2027(rate: TokenPrice): PriceExtras {
  return { changes: [{ from: "2027-01-01", ...rate }] };
}

/** What is known of the vendor's models. */
export const geminiProfiles: ProfileTable = {
  unknown: {
    abilities: ABILITIES,
    locality: "cloud",
    source: { asOf: AS_OF, note: "what holds for any model of this vendor" },
  },
  models: {
    "gemini-3.8-flash": model({ input: 0.75, output: 3.75 }, from2027({ input: 1.5, output: 7.5 })),
    "gemini-3.6-flash": model(
      { input: 0.75, cachedInput: 0.075, output: 3.75 },
      from2027({ input: 1.5, cachedInput: 0.15, output: 7.5 }),
    ),
    "gemini-3.5-flash": model({ input: 1.5, cachedInput: 0.15, output: 9 }),
    "gemini-3.5-flash-lite": model({ input: 0.3, cachedInput: 0.03, output: 2.5 }),
    "gemini-3.1-pro-preview": model({ input: 2, cachedInput: 0.2, output: 12 }, above200k(4, 18)),
    "gemini-2.5-pro": model({ input: 1.25, cachedInput: 0.125, output: 10 }, above200k(2.5, 15)),
    "gemini-2.5-flash": model({ input: 0.3, cachedInput: 0.03, output: 2.5 }),
    "gemini-2.5-flash-lite": model({ input: 0.1, cachedInput: 0.01, output: 0.4 }),
  },
};

/** Prices of embedding models. */
export const geminiEmbeddingPrices: Readonly<Record<string, ModelPrice>> = {
  "gemini-embedding-2": { input: 0.2, output: 0, asOf: AS_OF },
  "gemini-embedding-001": { input: 0.15, output: 0, asOf: AS_OF },
};

/** What depends on a model's generation and has no place in a profile. */
export interface Generation {
  /** `level`: thinks by level; `budget`: by a number of tokens. */
  readonly thinking: "level" | "budget";
  readonly efforts: readonly ReasoningEffort[];
  /** Takes tools and a schema for the answer in one request. */
  readonly toolsWithSchema: boolean;
  /** Refuses calls that come back without their signature. */
  readonly signedCalls: boolean;
}

/** The generation of a model; one that is not known is taken for a new one. */
export function generationOf(modelId: string): Generation {
  const pro = /-pro\b/.test(modelId);
  if (/gemini-(?:1|2)\b/.test(modelId)) {
    const efforts = ["minimal", "low", "medium", "high", "max"] as const;
    return {
      thinking: "budget",
      efforts: pro ? efforts : ["none", ...efforts],
      toolsWithSchema: false,
      signedCalls: false,
    };
  }
  const efforts = ["low", "medium", "high"] as const;
  return {
    thinking: "level",
    efforts: pro ? efforts : ["minimal", ...efforts],
    toolsWithSchema: true,
    signedCalls: true,
  };
}
