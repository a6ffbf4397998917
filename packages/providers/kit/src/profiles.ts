import type { ModelAbilities, ModelProfile } from "@salesagent/ports";

/** What a host may say better than the package's own data. */
export type ProfileOverride = Partial<Omit<ModelProfile, "abilities">> & {
  readonly abilities?: Partial<ModelAbilities>;
};

/** What a provider package knows of its vendor's models. */
export interface ProfileTable {
  /** For models that are not listed: what can be said of any model of this vendor. It has no price. */
  readonly unknown: ModelProfile;
  readonly models: Readonly<Record<string, ModelProfile>>;
}

/** The profile of a model: the host's word, else the table's, else what holds for any model of the vendor. */
export function resolveProfile(
  table: ProfileTable,
  modelId: string,
  override: ProfileOverride = {},
): ModelProfile {
  const known = Object.hasOwn(table.models, modelId) ? table.models[modelId] : undefined;
  const base = known ?? table.unknown;
  return Object.freeze({ ...base, ...override, abilities: { ...base.abilities, ...override.abilities } });
}
