import { didYouMean } from "../command/did-you-mean.js";
import { UsageError } from "../command/usage-error.js";
import { findProvider, type Provider, providerNames } from "./providers.js";

/** A `provider/model` name in its parts. */
export interface ChosenName {
  /** Such as `openai/gpt-5.4-mini`; the model may hold slashes. */
  readonly name: string;
  readonly providerName: string;
  readonly provider: Provider;
  readonly modelId: string;
}

/** @throws UsageError naming the option when the provider is unknown or the model is missing. */
export function readModelName(name: string, option: string): ChosenName {
  const slash = name.indexOf("/");
  const providerName = slash === -1 ? name : name.slice(0, slash);
  const modelId = slash === -1 ? "" : name.slice(slash + 1);
  const provider = findProvider(providerName);
  if (!provider) {
    throw new UsageError(
      `--${option}: no provider "${providerName}"${didYouMean(providerName, providerNames) || "."} The providers are ${providerNames.join(", ")}.`,
    );
  }
  if (modelId === "") {
    throw new UsageError(`--${option} must be provider/model, such as ${providerName}/MODEL; got "${name}".`);
  }
  return { name, providerName, provider, modelId };
}

/** The names of an option that takes several, repeated or with commas. @throws UsageError for one that is wrong or named twice. */
export function readModelNames(texts: readonly string[], option: string): readonly ChosenName[] {
  const names = texts
    .flatMap((text) => text.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (texts.length > 0 && names.length === 0) {
    throw new UsageError(`--${option} must name a model, such as openai/gpt-5.4-mini.`);
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`--${option} names ${twice} twice.`);
  return names.map((name) => readModelName(name, option));
}
