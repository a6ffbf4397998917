import type { ModelRouter } from "@salesagent/core/router";
import type { LanguageModel } from "@salesagent/ports";
import { UsageError } from "../command/usage-error.js";
import type { ChosenName } from "./model-name.js";
import type { ModelsChoice } from "./model-options.js";

/** How chosen models are opened. */
export interface OpenOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks for what models think, where that has to be asked for. @defaultValue false */
  readonly tellsReasoning?: boolean;
  /** A model whose key is missing is an error. @defaultValue true */
  readonly needsKeys?: boolean;
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** The one model, or a router over several. */
export interface OpenedModel {
  readonly model: LanguageModel;
  /** The same, where it is a router. */
  readonly router: ModelRouter | undefined;
}

/** Opens what was chosen: one model as it is, several, or one with a policy, as a router. @throws UsageError when a key is missing. */
export async function openChoice(
  choice: ModelsChoice,
  options: OpenOptions,
): Promise<OpenedModel | undefined> {
  const models = await openModels(choice, options);
  const [only] = models;
  if (only === undefined) return undefined;
  const { policy, takeover } = choice;
  if (models.length === 1 && policy === undefined && takeover === undefined) {
    return { model: only, router: undefined };
  }
  const { ModelRouter } = await import("@salesagent/core/router");
  const router = new ModelRouter({ candidates: models, policy, takeover, whenOverBudget: "cheaper" });
  return { model: router, router };
}

/** Opens each of the chosen models; asks nobody. @throws UsageError when a key is missing. */
export function openModels(
  { names, baseUrls }: Pick<ModelsChoice, "names" | "baseUrls">,
  options: OpenOptions,
): Promise<readonly LanguageModel[]> {
  return Promise.all(names.map((name) => openModel(name, baseUrls.get(name.providerName), options)));
}

async function openModel(
  { providerName, provider, modelId }: ChosenName,
  baseUrl: string | undefined,
  { env, tellsReasoning = false, needsKeys = true, fetch }: OpenOptions,
): Promise<LanguageModel> {
  const { keyVariable } = provider;
  const local = baseUrl !== undefined && isLoopback(baseUrl);
  if (needsKeys && keyVariable && !env[keyVariable] && !local) {
    throw new UsageError(`--model ${providerName}/… needs a key: set ${keyVariable}, or leave --model away.`);
  }
  const settings = {
    env,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    // A rehearsal server on this machine takes any key, and a real one is better not shown to it.
    ...(local ? { apiKey: "local-rehearsal" } : {}),
    ...(fetch === undefined ? {} : { fetch }),
  };
  return provider.open(modelId, settings, tellsReasoning);
}

function isLoopback(url: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname);
}
