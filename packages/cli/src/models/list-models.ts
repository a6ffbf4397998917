import type { ModelProfile } from "@salesagent/ports";
import { findProvider, providerNames } from "../choice/providers.js";

/** One model that can be chosen. */
export interface ListedModel {
  readonly provider: string;
  readonly modelId: string;
  readonly profile: ModelProfile;
  /** Where its vendor wants one. */
  readonly key?: { readonly variable: string; readonly set: boolean };
  /** Whether the vendor lists it just now; absent where nobody was asked, or there was no answer. */
  readonly live?: boolean;
}

/** The models that the provider packages know, with what they know of each. */
export async function listModels(
  provider: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly ListedModel[]> {
  const lists = await Promise.all(
    providerNames
      .filter((name) => provider === undefined || name === provider)
      .map((name) => ofOne(name, env)),
  );
  return lists.flat();
}

async function ofOne(
  provider: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly ListedModel[]> {
  const found = findProvider(provider);
  if (!found) return [];
  const { keyVariable } = found;
  const key = keyVariable === undefined ? {} : { key: { variable: keyVariable, set: !!env[keyVariable] } };
  return Object.entries(await found.known()).map(([modelId, profile]) => ({
    provider,
    modelId,
    profile,
    ...key,
  }));
}
