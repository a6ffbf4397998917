import type { LanguageModel } from "@salesagent/ports";
import { UsageError } from "../command/usage-error.js";

/** What the command line and the environment say of a model. */
export interface ModelChoice {
  /** `provider/model`, such as `openai/gpt-5.4-mini`; the model may hold slashes. */
  readonly name: string;
  readonly baseUrl?: string | undefined;
  /** Asks for what the model thinks, where that has to be asked for. */
  readonly tellsReasoning?: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface Settings {
  readonly baseUrl?: string;
  readonly apiKey?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Open = (modelId: string, settings: Settings, tellsReasoning: boolean) => Promise<LanguageModel>;

/** Each provider's package is loaded when it is asked for. */
const PROVIDERS: Readonly<Record<string, { readonly keyVariable?: string; readonly open: Open }>> = {
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
  },
  anthropic: {
    keyVariable: "ANTHROPIC_API_KEY",
    open: async (id, settings) => (await import("@salesagent/provider-anthropic")).anthropic(id, settings),
  },
  cerebras: {
    keyVariable: "CEREBRAS_API_KEY",
    open: async (id, settings) => (await import("@salesagent/provider-cerebras")).cerebras(id, settings),
  },
  deepseek: {
    keyVariable: "DEEPSEEK_API_KEY",
    open: async (id, settings) => (await import("@salesagent/provider-deepseek")).deepseek(id, settings),
  },
  openrouter: {
    keyVariable: "OPENROUTER_API_KEY",
    open: async (id, settings) => (await import("@salesagent/provider-openrouter")).openrouter(id, settings),
  },
  gemini: {
    keyVariable: "GEMINI_API_KEY",
    open: async (id, settings) => (await import("@salesagent/provider-gemini")).gemini(id, settings),
  },
  ollama: {
    open: async (id, settings) => (await import("@salesagent/provider-ollama")).ollama(id, settings),
  },
  vllm: {
    open: async (id, settings) => {
      const { baseUrl, ...rest } = settings;
      if (baseUrl === undefined)
        throw new UsageError("vllm needs --base-url, such as http://localhost:8000/v1.");
      return (await import("@salesagent/provider-vllm")).vllm(id, { ...rest, baseUrl });
    },
  },
};

/** Names of the providers that `--model` takes. */
export const providerNames: readonly string[] = Object.keys(PROVIDERS);

/** The variable that holds a provider's key, where it needs one. */
export function keyVariableOf(provider: string): string | undefined {
  return PROVIDERS[provider]?.keyVariable;
}

/** Opens the model of a `provider/model` name. @throws UsageError when the name or the key is missing. */
export async function openModel({
  name,
  baseUrl,
  tellsReasoning = false,
  env,
}: ModelChoice): Promise<LanguageModel> {
  const slash = name.indexOf("/");
  const provider = slash === -1 ? name : name.slice(0, slash);
  const modelId = slash === -1 ? "" : name.slice(slash + 1);
  const known = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
  if (!known) {
    throw new UsageError(
      `--model: no provider "${provider}". The providers are ${providerNames.join(", ")}.`,
    );
  }
  if (modelId === "")
    throw new UsageError(`--model must be provider/model, such as ${provider}/MODEL; got "${name}".`);
  const { keyVariable } = known;
  const local = baseUrl !== undefined && isLoopback(baseUrl);
  if (keyVariable && !env[keyVariable] && !local) {
    throw new UsageError(
      `--model ${provider}/… needs a key: set ${keyVariable}, or run without --model to score by rules alone.`,
    );
  }
  const settings: Settings = {
    env,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    // A rehearsal server on this machine takes any key, and a real one is better not shown to it.
    ...(local ? { apiKey: "local-rehearsal" } : {}),
  };
  return known.open(modelId, settings, tellsReasoning);
}

function isLoopback(url: string): boolean {
  if (!URL.canParse(url))
    throw new UsageError(`--base-url must be a URL, such as http://127.0.0.1:4010/openai/v1; got "${url}".`);
  return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname);
}
