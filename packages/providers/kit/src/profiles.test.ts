import type { ModelProfile } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { type ProfileTable, resolveProfile } from "./profiles.js";

const unknown: ModelProfile = {
  abilities: {
    tools: true,
    parallelTools: false,
    structuredOutput: "json",
    reasoning: false,
    vision: false,
    sampling: true,
    prefill: false,
  },
  locality: "cloud",
  source: { asOf: "2026-11-01" },
};
const table: ProfileTable = {
  unknown,
  models: { one: { ...unknown, contextTokens: 1_000, price: { input: 1, output: 2, asOf: "2026-11-01" } } },
};

describe("resolveProfile", () => {
  it("takes the table's word for a model that it knows", () => {
    expect(resolveProfile(table, "one")).toEqual(table.models["one"]);
  });

  it("says what holds for any model of the vendor otherwise, and no price", () => {
    expect(resolveProfile(table, "two")).toEqual(unknown);
    expect(resolveProfile(table, "constructor")).toEqual(unknown);
  });

  it("takes the host's word before its own, ability by ability", () => {
    const price = { input: 0, output: 0, asOf: "2026-11-20" };
    const profile = resolveProfile(table, "one", { price, abilities: { reasoning: true } });
    expect(profile).toMatchObject({ contextTokens: 1_000, price });
    expect(profile.abilities).toEqual({ ...unknown.abilities, reasoning: true });
    expect(table.models["one"]?.abilities.reasoning).toBe(false);
  });
});
