import type { LanguageModel, ModelProfile } from "@salesagent/ports";
import { UsageError } from "../command/usage-error.js";

/** How a provider's models are reached. */
export interface ModelSettings {
  readonly baseUrl?: string;
  readonly apiKey?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch?: typeof globalThis.fetch;
}

/** A provider that models can be chosen of. Its package is loaded when it is asked for. */
export interface Provider {
  /** The variable that holds its key, where it needs one. */
  readonly keyVariable?: string;
  /** Opens one model; asks nobody. */
  open(modelId: string, settings: ModelSettings, tellsReasoning: boolean): Promise<LanguageModel>;
  /** The models that its package knows, with what it knows of each. */
  known(): Promise<Readonly<Record<string, ModelProfile>>>;
}

const PROVIDERS: Readonly<Record<string, Provider>> = {
  openai: {
    keyVariable: "OPENAI_API_KEY",
    open: async (id, settings, tellsReasoning) => {
      const { openai } = await import("@salesagent/provider-openai");
      // Chat completions never tell what the model thought.
      return openai(
        id,
        tellsReasoning ? { ...settings, api: "responses", reasoningSummary: "auto" } : settings,
      );
    },
    known: async () => (await import("@salesagent/provider-openai")).OPENAI_MODELS.models,
  },
  anthropic: {
    keyVariable: "ANTHROPIC_API_KEY",
    open: async (id, settings) => (await import("@salesagent/provider-anthropic")).anthropic(id, settings),
    known: async () => (await import("@salesagent/provider-anthropic")).claudeProfiles.models,
  },
  cerebras: {
    keyVariable: "CEREBRAS_API_KEY",
    open: async (id, settings) => (await import("@salesagent/provider-cerebras")).cerebras(id, settings),
    known: async () => (await import("@salesagent/provider-cerebras")).CEREBRAS_MODELS.models,
  },
  deepseek: {
    keyVariable: "DEEPSEEK_API_KEY",
    open: async (id, settings) => (await import("@salesagent/provider-deepseek")).deepseek(id, settings),
    known: async () => (await import("@salesagent/provider-deepseek")).DEEPSEEK_MODELS.models,
  },
  openrouter: {
    keyVariable: "OPENROUTER_API_KEY",
    open: async (id, settings) => (await import("@salesagent/provider-openrouter")).openrouter(id, settings),
    known: async () => (await import("@salesagent/provider-openrouter")).OPENROUTER_MODELS.models,
  },
  gemini: {
    keyVariable: "GEMINI_API_KEY",
    open: async (id, settings) => (await import("@salesagent/provider-gemini")).gemini(id, settings),
    known: async () => (await import("@salesagent/provider-gemini")).geminiProfiles.models,
  },
  ollama: {
    open: async (id, settings) => (await import("@salesagent/provider-ollama")).ollama(id, settings),
    // Whatever was pulled: only its server can tell.
    known: async () => ({}),
  },
  vllm: {
    open: async (id, settings) => {
      const { baseUrl, ...rest } = settings;
      if (baseUrl === undefined)
        throw new UsageError("vllm needs --base-url, such as http://localhost:8000/v1.");
      return (await import("@salesagent/provider-vllm")).vllm(id, { ...rest, baseUrl });
    },
    known: async () => ({}),
  },
};

/** Names of the providers that `--model` takes. */
export const providerNames: readonly string[] = Object.keys(PROVIDERS);

/** The provider of a name. */
export function findProvider(name: string): Provider | undefined {
  return Object.hasOwn(PROVIDERS, name) ? PROVIDERS[name] : undefined;
}

/** The variable that holds a provider's key, where it needs one. */
export function keyVariableOf(provider: string): string | undefined {
  return findProvider(provider)?.keyVariable;
}
