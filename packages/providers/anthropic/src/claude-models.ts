import type { ModelAbilities, ModelPrice, ModelProfile } from "@salesagent/ports";
import { type ProfileOverride, type ProfileTable, resolveProfile } from "@salesagent/provider-kit";

/** Versions of the API that this package speaks. */
export type ApiVersion = "2026-10-21" | "2023-06-01";

/** How a model is told to think. */
export interface ThinkingStyle {
  /** `adaptive`: by effort; `budget`: by a number of tokens. */
  readonly type: "adaptive" | "budget";
  /** False for models that always think. */
  readonly optional: boolean;
}

const AS_OF = "2026-10-31";
const NOTE = "platform.claude.com pricing";

const MILLION = { contextTokens: 1_000_000, maxOutputTokens: 128_000 };

const ABILITIES: ModelAbilities = {
  tools: true,
  parallelTools: true,
  structuredOutput: "schema",
  reasoning: true,
  vision: true,
  sampling: false,
  prefill: false,
};

/** Writing to the cache costs 1.25 times the input for five minutes, twice the input for an hour. */
function tokenPrice(input: number, cachedInput: number, output: number) {
  return { input, cachedInput, cacheWrite: input * 1.25, cacheWriteLong: input * 2, output };
}

function price(input: number, cachedInput: number, output: number): ModelPrice {
  return { ...tokenPrice(input, cachedInput, output), asOf: AS_OF };
}

function model(
  facts: Partial<Omit<ModelProfile, "abilities">>,
  abilities?: Partial<ModelAbilities>,
): ModelProfile {
  return {
    locality: "cloud",
    source: { asOf: AS_OF, note: NOTE },
    ...facts,
    abilities: { ...ABILITIES, ...abilities },
  };
}

/** Models up to 4.6 take sampling settings under the old version; those up to 4.5 continue a message that was begun. */
const SAMPLING = { sampling: true };
const FIRST_GENERATION = { sampling: true, prefill: true };
const HAIKU_5_5: ModelPrice = {
  ...price(0.1, 0.01, 0.5),
  tiers: [{ aboveInputTokens: 100_000, ...tokenPrice(0.5, 0.05, 2.5) }],
};
const OPUS = price(5, 0.5, 25);
const SONNET_4 = price(3, 0.3, 15);

/** What is known of the vendor's models. */
export const claudeProfiles: ProfileTable = {
  unknown: model({ source: { asOf: AS_OF, note: "what holds for any model of this vendor" } }),
  models: {
    "claude-fable-5-2": model({}),
    "claude-fable-5-1": model({ ...MILLION, price: price(10, 0.25, 50) }),
    "claude-fable-5": model({ price: price(10, 1, 50) }),
    "claude-opus-5-5": model({ ...MILLION, price: price(4, 0.2, 20) }),
    "claude-opus-5": model({ price: OPUS }),
    "claude-opus-4-8": model({ price: OPUS }),
    "claude-opus-4-7": model({ price: OPUS }),
    "claude-opus-4-6": model({ price: OPUS }, SAMPLING),
    "claude-opus-4-5": model({ price: OPUS }, FIRST_GENERATION),
    "claude-sonnet-5-5": model({ ...MILLION, price: price(2, 0.1, 10) }),
    "claude-sonnet-5": model({ price: price(2, 0.2, 10) }),
    "claude-sonnet-4-6": model({ price: SONNET_4 }, SAMPLING),
    "claude-sonnet-4-5": model({ price: SONNET_4, retired: { on: "2026-11-30" } }, FIRST_GENERATION),
    "claude-haiku-5-5": model({ price: HAIKU_5_5 }),
    "claude-haiku-4-5": model(
      { contextTokens: 200_000, maxOutputTokens: 64_000, price: price(1, 0.1, 5) },
      FIRST_GENERATION,
    ),
  },
};

/** The id without the date of a snapshot: `claude-haiku-4-5-20251001` is `claude-haiku-4-5`. */
function familyOf(modelId: string): string {
  return modelId.replace(/-\d{8}$/, "");
}

/** The profile of a model, under one version of the API: the new one takes no sampling settings from anybody. */
export function claudeProfile(
  modelId: string,
  apiVersion: ApiVersion,
  override: ProfileOverride | undefined,
): ModelProfile {
  const profile = resolveProfile(claudeProfiles, familyOf(modelId), override);
  if (apiVersion === "2023-06-01") return profile;
  return Object.freeze({ ...profile, abilities: { ...profile.abilities, sampling: false } });
}

/** How a model is told to think; one that is not known is taken for a new one. */
export function thinkingStyle(modelId: string): ThinkingStyle {
  const family = familyOf(modelId);
  const optional = !family.startsWith("claude-fable");
  return {
    type: /^claude-(?:opus|sonnet|haiku)-4-5$|^claude-3|^claude-(?:opus|sonnet)-4(?:-[01])?$/.test(family)
      ? "budget"
      : "adaptive",
    optional,
  };
}
