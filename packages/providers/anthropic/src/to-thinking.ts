import type { JsonObject, ModelProfile, ReasoningEffort } from "@salesagent/ports";
import { nearestEffort, type Warn } from "@salesagent/provider-kit";
import type { ThinkingStyle } from "./claude-models.js";

const EFFORTS = ["low", "medium", "high", "max"] as const;

/** Tokens to think with, for models that are told a number. */
const BUDGETS: Readonly<Record<Exclude<ReasoningEffort, "none">, number>> = {
  minimal: 1_024,
  low: 4_096,
  medium: 10_240,
  high: 20_480,
  max: 64_000,
};

/** The least that the vendor takes. */
const SMALLEST_BUDGET = 1_024;

/** What decides over thinking besides the effort. */
export interface ThinkingCircumstances {
  readonly profile: ModelProfile;
  readonly style: ThinkingStyle;
  readonly maxTokens: number;
  /** A tool is forced, which the vendor does not take together with thinking. */
  readonly forced: boolean;
}

/** What a request says of thinking. */
export interface ThinkingFields {
  readonly thinking?: JsonObject;
  readonly effort?: string;
}

/** Maps an effort of reasoning to the fields that the model knows. */
export function toThinking(
  effort: ReasoningEffort | undefined,
  circumstances: ThinkingCircumstances,
  warn: Warn,
): ThinkingFields {
  if (effort === undefined) return {};
  const { profile, style, forced } = circumstances;
  if (!profile.abilities.reasoning) {
    warn({ field: "reasoning", message: "This model does not reason; the effort was left out." });
    return {};
  }
  if (effort === "none" && style.optional) return { thinking: { type: "disabled" } };
  const told = style.type === "adaptive" ? { effort: nearestEffort(effort, EFFORTS, warn) } : {};
  if (!forced) return { ...told, ...enabled(effort, circumstances, warn) };
  warn({
    field: "reasoning",
    message: "Thinking is not taken together with a forced tool; it was left out.",
  });
  return told;
}

function enabled(
  effort: ReasoningEffort,
  { style, maxTokens }: ThinkingCircumstances,
  warn: Warn,
): ThinkingFields {
  // Newer models hide their thinking unless asked.
  if (style.type === "adaptive") return { thinking: { type: "adaptive", display: "summarized" } };
  const wanted = BUDGETS[effort === "none" ? "minimal" : effort];
  // The answer needs room beside the thinking.
  const budget = Math.min(wanted, Math.floor(maxTokens * 0.75));
  if (budget >= SMALLEST_BUDGET) return { thinking: { type: "enabled", budget_tokens: budget } };
  warn({
    field: "reasoning",
    message: `maxOutputTokens (${maxTokens}) leaves no room to think; thinking was left out.`,
  });
  return {};
}
