import { type ModelPrice, userMessage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { scriptedModel } from "../scripted-model/scripted-model.js";
import { attemptCeiling } from "./attempt-ceiling.js";

const request = { messages: [userMessage("Hi")] };
const { profile } = scriptedModel([]);
const priced = (change: Partial<ModelPrice>) => ({
  ...profile,
  price: { input: 1, output: 1, asOf: "2026-01-01", ...change },
});

describe("attemptCeiling", () => {
  it("takes the whole context for the output of a model without a limit of its own", () => {
    const { maxOutputTokens: _, ...unlimited } = profile;
    expect(attemptCeiling(request, unlimited).tokens).toBeGreaterThan(128_000);
  });

  it.each([Number.NaN, -5, Number.POSITIVE_INFINITY])(
    "takes the model's own limit for one of %s",
    (limit) => {
      expect(attemptCeiling({ ...request, maxOutputTokens: limit }, profile)).toEqual(
        attemptCeiling(request, profile),
      );
    },
  );

  it.each([Number.NaN, -1, 1e300])("does not know the cost by a price of %s", (rate) => {
    expect(attemptCeiling(request, priced({ input: rate }))).not.toHaveProperty("costUsd");
    expect(attemptCeiling(request, priced({ output: rate }))).not.toHaveProperty("costUsd");
  });

  it("costs nothing where the price is 0", () => {
    expect(attemptCeiling(request, priced({ input: 0, output: 0 })).costUsd).toBe(0);
  });
});
