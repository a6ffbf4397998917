import type { CrmLinks } from "@salesagent/ports";

/** A record's values after a change: null takes one away. Lists are replaced whole. */
export function applied<Values extends object>(before: object, change: object): Values {
  const values: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete values[name];
    else if (value !== undefined) values[name] = value;
  }
  return Object.freeze(values) as Values;
}

/** The survivor's values, and the loser's where the survivor has none. */
export function filled<Values extends object>(survivor: Values, loser: Values): Values {
  return Object.freeze({ ...loser, ...survivor });
}

/** Links of two records, the first one's foremost. */
export function joinedLinks(first: CrmLinks, second: CrmLinks): CrmLinks {
  const kinds = new Set([...Object.keys(first), ...Object.keys(second)]) as ReadonlySet<keyof CrmLinks>;
  return Object.fromEntries(
    [...kinds].map((kind) => [kind, [...new Set([...(first[kind] ?? []), ...(second[kind] ?? [])])]]),
  );
}
