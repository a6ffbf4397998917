import type { ModelAbilities, ModelPrice, ModelProfile } from "@salesagent/ports";
import { type ProfileOverride, resolveProfile } from "@salesagent/provider-kit";

const AS_OF = "2026-08-21";

/** Your own machine charges nothing for tokens. */
export const FREE: ModelPrice = { input: 0, output: 0, asOf: AS_OF };

const ABILITIES: ModelAbilities = {
  tools: true,
  parallelTools: true,
  structuredOutput: "schema",
  reasoning: false,
  vision: false,
  sampling: true,
  prefill: false,
};

/** What the library says of families of models that are not plain text models. */
const FAMILIES: Readonly<Record<string, Partial<ModelAbilities>>> = {
  "gpt-oss": { reasoning: true },
  qwen3: { reasoning: true },
  "qwen3-vl": { reasoning: true, vision: true },
  "deepseek-r1": { reasoning: true },
  "deepseek-v3.1": { reasoning: true },
  magistral: { reasoning: true },
  gemma3: { vision: true },
  llama4: { vision: true },
  "llama3.2-vision": { vision: true, tools: false },
  llava: { vision: true, tools: false },
  "qwen2.5vl": { vision: true },
  "mistral-small3.2": { vision: true },
};

/** The name without its library, size and quantisation: `acme/qwen3:8b-q4_K_M` is `qwen3`. */
function familyOf(modelId: string): string {
  return modelId
    .replace(/^.*\//, "")
    .replace(/:.*$/, "")
    .replace(/-cloud$/, "");
}

/** True for names that a local server hands on to the vendor's cloud. */
export function isCloudModel(modelId: string): boolean {
  return /[:-]cloud$/.test(modelId);
}

/** True for models that are told how hard to think, where others are told whether to. */
export function thinksByLevel(modelId: string): boolean {
  return familyOf(modelId) === "gpt-oss";
}

/** The profile of a model. What the cloud charges is not known here. */
export function ollamaProfile(
  modelId: string,
  cloud: boolean,
  contextTokens: number | undefined,
  override: ProfileOverride | undefined,
): ModelProfile {
  const family = familyOf(modelId);
  const known = Object.hasOwn(FAMILIES, family) ? FAMILIES[family] : undefined;
  const profile: ModelProfile = {
    ...(contextTokens === undefined ? {} : { contextTokens }),
    abilities: { ...ABILITIES, ...known },
    ...(cloud ? { locality: "cloud" } : { locality: "local", price: FREE }),
    source: { asOf: AS_OF, note: "ollama.com/library" },
  };
  return resolveProfile({ unknown: profile, models: {} }, modelId, override);
}
