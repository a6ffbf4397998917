import type { ModelAbilities, ModelProfile } from "@salesagent/ports";

/** What a router can do: what any of its candidates can. Its price is that of whoever answers, so it has none itself. */
export function routerProfile(profiles: readonly ModelProfile[]): ModelProfile {
  const largest = (limit: "contextTokens" | "maxOutputTokens") => {
    const known = profiles.map((profile) => profile[limit]).filter((tokens) => tokens !== undefined);
    return known.length === 0 ? {} : { [limit]: Math.max(...known) };
  };
  return {
    ...largest("contextTokens"),
    ...largest("maxOutputTokens"),
    abilities: unitedAbilities(profiles.map(({ abilities }) => abilities)),
    locality: profiles.every(({ locality }) => locality === "local") ? "local" : "cloud",
    source: { asOf: latest(profiles), note: "the union of a router's candidates" },
  };
}

function unitedAbilities(all: readonly ModelAbilities[]): ModelAbilities {
  const any = (ability: Exclude<keyof ModelAbilities, "structuredOutput">) => all.some((one) => one[ability]);
  const outputs = all.map(({ structuredOutput }) => structuredOutput);
  return {
    tools: any("tools"),
    parallelTools: any("parallelTools"),
    structuredOutput: outputs.includes("schema") ? "schema" : outputs.includes("json") ? "json" : "none",
    reasoning: any("reasoning"),
    vision: any("vision"),
    sampling: any("sampling"),
    prefill: any("prefill"),
  };
}

function latest(profiles: readonly ModelProfile[]): string {
  return profiles.reduce((day, { source }) => (source.asOf > day ? source.asOf : day), "");
}
