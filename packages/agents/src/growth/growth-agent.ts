import { agentNode, agentStep, defineAgent } from "@salesagent/core/agent";
import { type CompiledGraph, END, field, START, StateGraph } from "@salesagent/core/graph";
import type { InferOutput, JsonObject, LanguageModel } from "@salesagent/ports";
import { compileOptions, type FlowOptions, stepOptions, type UpdateOfState } from "../flow/flow-options.js";
import {
  ANALYSE_INSTRUCTIONS,
  analysePrompt,
  VALIDATE_INSTRUCTIONS,
  validatePrompt,
} from "./growth-prompts.js";
import {
  analysisSchema,
  type Finding,
  growthFactsSchema,
  growthGoalSchema,
  type Opportunity,
  validationSchema,
} from "./growth-schemas.js";
import { ResearchAgent } from "./research-agent.js";

/** How growth opportunities are looked for. */
export interface GrowthOptions extends FlowOptions {
  readonly model: LanguageModel;
  /** The confidence, 0–1, from which on no further round is made. @defaultValue 0.7 */
  readonly threshold?: number | undefined;
  /** Rounds of research, analysis and validation, in all. @defaultValue 3 */
  readonly maxRounds?: number | undefined;
  /** Model calls of one round of research, tools included. @defaultValue 8 */
  readonly maxResearchSteps?: number | undefined;
}

/** What a growth run is given. */
export interface GrowthInput {
  /** What to look at and what growth means here; 1–4,000 characters. The host's or its user's own words. */
  readonly goal: string;
  /** What is known of the account, as data that others wrote. @defaultValue nothing */
  readonly facts?: JsonObject | undefined;
}

/** What a growth run comes to. */
export interface GrowthState {
  readonly goal: string;
  readonly facts: JsonObject;
  /** The surest first. */
  readonly opportunities: readonly Opportunity[];
  /** The mean of the opportunities', 0–1; 0 without any. */
  readonly confidence: number;
  /** `max-rounds`: the confidence stayed below the threshold. Absent while it runs. */
  readonly stopped: "confident" | "max-rounds" | undefined;
  readonly rounds: number;
  readonly findings: readonly Finding[];
  /** What validation would still like to know. */
  readonly questions: readonly string[];
  /** Findings thrown away, because no tool and no fact had their source. */
  readonly unsourcedFindings: number;
  /** Opportunities thrown away, because they rested on no finding. */
  readonly unsupportedOpportunities: number;
}

/** The graph that looks for growth. */
export type GrowthAgent = CompiledGraph<GrowthState, UpdateOfState<GrowthState>, GrowthInput>;

/**
 * Looks for growth opportunities in rounds of research, analysis and validation, until they are sure enough or the rounds are
 * over. A finding counts only when a tool or the facts given have its source, an opportunity only when it rests on one.
 *
 * @example
 * ```ts
 * const growth = createGrowthAgent({ model, tools: [searchWeb({ backend })] });
 * const { state } = await growth.invoke({ goal: "Upsell to figma.com" }, { tenant: "acme" });
 * ```
 * @throws RangeError naming the option that makes no sense.
 */
export function createGrowthAgent(options: GrowthOptions): GrowthAgent {
  const { threshold = 0.7, maxRounds = 3, maxResearchSteps = 8 } = options;
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new RangeError(`growth.threshold must be a number from 0 to 1, got ${threshold}`);
  }
  for (const [option, value] of Object.entries({ maxRounds, maxResearchSteps })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new RangeError(`growth.${option} must be a whole number ≥ 1, got ${value}`);
  }
  const research = new ResearchAgent({ task: "growth-research", ...options, maxSteps: maxResearchSteps });
  const { analyst, validator } = createJudges(options);
  const shared = stepOptions(options);
  const sum = () => field({ reduce: (all: number, some: number) => all + some, default: () => 0 });
  return new StateGraph({
    goal: growthGoalSchema,
    facts: growthFactsSchema,
    findings: field<readonly Finding[]>({ reduce: addNew, default: () => [] }),
    opportunities: field<readonly Opportunity[]>({ default: () => [] }),
    questions: field<readonly string[]>({ default: () => [] }),
    confidence: field({ default: () => 0 }),
    rounds: field({ default: () => 0 }),
    stopped: field<"confident" | "max-rounds">(),
    unsourcedFindings: sum(),
    unsupportedOpportunities: sum(),
  })
    .addNode(
      "research",
      agentNode(research, {
        ...shared,
        input: ({ goal, facts, findings, questions }: GrowthState) => ({ goal, facts, findings, questions }),
        output: ({ findings, unsourced }) => ({ findings, unsourcedFindings: unsourced }),
      }),
    )
    .addNode("analyse", async ({ goal, findings }, context) => {
      if (findings.length === 0) return { opportunities: [] };
      const given = await agentStep(context, analyst, { goal, findings }, shared);
      const opportunities = toOpportunities(given, findings);
      return { opportunities, unsupportedOpportunities: given.opportunities.length - opportunities.length };
    })
    .addNode("validate", async ({ goal, opportunities, rounds }, context) => {
      const given =
        opportunities.length === 0
          ? { verdicts: [], questions: [] }
          : await agentStep(context, validator, { goal, opportunities }, shared);
      const judged = judge(opportunities, given);
      const confidence = meanConfidence(judged);
      const round = rounds + 1;
      const stopped =
        opportunities.length > 0 && confidence >= threshold
          ? ("confident" as const)
          : round >= maxRounds
            ? ("max-rounds" as const)
            : undefined;
      return { opportunities: judged, questions: given.questions, confidence, rounds: round, stopped };
    })
    .addEdge(START, "research")
    .addEdge("research", "analyse")
    .addEdge("analyse", "validate")
    .addConditionalEdges("validate", ({ stopped }) => (stopped ? "enough" : "look again"), {
      "look again": "research",
      enough: END,
    })
    .compile(compileOptions("growth", maxRounds * 3, options));
}

function createJudges({ tools: _, ...options }: GrowthOptions) {
  const analyst = defineAgent<
    { readonly goal: string; readonly findings: readonly Finding[] },
    InferOutput<typeof analysisSchema>
  >({
    task: "growth-analyse",
    ...options,
    name: "growth-analyse",
    instructions: ANALYSE_INSTRUCTIONS,
    prompt: analysePrompt,
    output: analysisSchema,
  });
  const validator = defineAgent<
    { readonly goal: string; readonly opportunities: readonly Opportunity[] },
    InferOutput<typeof validationSchema>
  >({
    task: "growth-validate",
    ...options,
    name: "growth-validate",
    instructions: VALIDATE_INSTRUCTIONS,
    prompt: validatePrompt,
    output: validationSchema,
  });
  return { analyst, validator };
}

/** Puts new findings behind the known ones, whose numbers stay. */
function addNew(known: readonly Finding[], found: readonly Finding[]): readonly Finding[] {
  const keyOf = ({ claim, source }: Finding) => JSON.stringify([claim.toLowerCase(), source]);
  const byKey = new Map(known.map((finding) => [keyOf(finding), finding]));
  for (const finding of found) if (!byKey.has(keyOf(finding))) byKey.set(keyOf(finding), finding);
  return [...byKey.values()];
}

function toOpportunities(
  { opportunities }: InferOutput<typeof analysisSchema>,
  findings: readonly Finding[],
): readonly Opportunity[] {
  return opportunities.flatMap(({ title, rationale, nextStep, evidence: numbers }) => {
    const evidence = [...new Set(numbers)].flatMap((number) => findings[number - 1] ?? []);
    if (evidence.length === 0) return [];
    const sources = [...new Set(evidence.map(({ source }) => source))];
    return [{ title, rationale, nextStep, evidence, sources, confidence: 0, doubts: [] }];
  });
}

function judge(
  opportunities: readonly Opportunity[],
  { verdicts }: InferOutput<typeof validationSchema>,
): readonly Opportunity[] {
  const byNumber = new Map(verdicts.map((verdict) => [verdict.opportunity, verdict]));
  return opportunities
    .map((opportunity, index) => {
      const { confidence = 0, doubts = [] } = byNumber.get(index + 1) ?? {};
      return { ...opportunity, confidence, doubts };
    })
    .sort((a, b) => b.confidence - a.confidence);
}

function meanConfidence(opportunities: readonly Opportunity[]): number {
  if (opportunities.length === 0) return 0;
  return opportunities.reduce((sum, { confidence }) => sum + confidence, 0) / opportunities.length;
}
