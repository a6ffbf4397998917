import { ModelRouter } from "@salesagent/core/router";
import type { LanguageModel } from "@salesagent/ports";
import { anthropic } from "@salesagent/provider-anthropic";
import { openai } from "@salesagent/provider-openai";
import type { DrillSetup, DrillVendor } from "@salesagent/sandbox/drill";

/** When the simulated vendors' figures were written down. */
const AS_OF = "2026-11-21";

/** A router over the drill's two vendors, each in its own wire format: what is drilled without `--config`. */
export function drillRouter({ vendors, limits, continuation }: DrillSetup): LanguageModel {
  const { primary, fallback } = vendors;
  return new ModelRouter({
    candidates: [
      openai(primary.modelId, settingsOf(primary, false)),
      anthropic(fallback.modelId, settingsOf(fallback, continuation)),
    ],
    policy: "best",
    takeover: continuation ? "continue" : "restart",
    retry: {
      retries: limits.tries - 1,
      baseMs: limits.retryBaseMs,
      capMs: limits.retryCapMs,
      maxWaitMs: limits.retryCapMs,
    },
    breaker: { minCalls: limits.breakerMinCalls, resetMs: limits.breakerResetMs },
  });
}

function settingsOf({ apiKey, baseUrl, contextTokens, price }: DrillVendor, prefill: boolean) {
  const source = { asOf: AS_OF, note: "Made up for the drill." };
  const profile = { contextTokens, price: { ...price, asOf: AS_OF }, abilities: { prefill }, source };
  return { apiKey, baseUrl, profile };
}
