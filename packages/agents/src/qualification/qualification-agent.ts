import {
  type AgentOptions,
  BaseAgent,
  type RunContext,
  runModelLoop,
  type WorkEvent,
} from "@salesagent/core/agent";
import { StructuredOutput } from "@salesagent/core/model";
import type { JsonObject, JsonValue, LanguageModel, ModelRequest } from "@salesagent/ports";
import type { IdealCustomerProfile } from "../profile/ideal-customer-profile.js";
import { type CompiledProfile, compileProfile } from "../scoring/compile-profile.js";
import { type MergePolicy, type ModelAssessment, mergeAssessment } from "../scoring/merge-assessment.js";
import type { RulesScore } from "../scoring/rules-score.js";
import { type Candidate, type QualificationInput, toCandidate } from "./candidate.js";
import { degradationFor } from "./degradation.js";
import { modelAssessmentSchema } from "./model-assessment.js";
import { QUALIFICATION_INSTRUCTIONS, qualificationPrompt } from "./qualification-prompt.js";
import type { Degradation, QualificationEvent, QualificationResult } from "./qualification-result.js";
import { resultKey } from "./result-key.js";
import { rulesReasons } from "./rules-reasons.js";

/** How leads are qualified. */
export interface QualificationOptions extends AgentOptions {
  /** The customer that is looked for. Checked when the agent is made. */
  readonly profile: IdealCustomerProfile;
  /** How the model's judgement counts beside the rules. @defaultValue moves the score by 20 points at most */
  readonly policy?: MergePolicy | undefined;
  /**
   * Which leads the model is asked about; the others are scored by the rules alone.
   *
   * @defaultValue all that no rule disqualifies
   */
  readonly askModel?: ((rules: RulesScore) => boolean) | undefined;
  /** What the model is told of its task, before the profile. @defaultValue the agent's own */
  readonly instructions?: string | undefined;
  /** Further fields of each request. @defaultValue `{ maxOutputTokens: 4_000 }` */
  readonly request?: Omit<ModelRequest, "messages" | "tools" | "output"> | undefined;
  /** What else the results depend on, such as the candidates of a router; it changes their `key`. @defaultValue none */
  readonly setup?: JsonValue | undefined;
  /** The kind of work, for routers that choose by it. @defaultValue "qualification" */
  readonly task?: string | undefined;
}

type Assessed =
  | { readonly assessment: ModelAssessment; readonly model: string }
  | { readonly degraded: Degradation };

/** Room for thinking models; an assessment itself takes about 300 tokens. */
const DEFAULT_REQUEST = { maxOutputTokens: 4_000 };

/**
 * Scores leads against an ideal-customer profile. The rules score each criterion with evidence; a model, where there is
 * one, then judges the facts as a whole, within the policy. When the model fails, every candidate of a router does, or the
 * budget is spent, the rules' score stands and the result says so.
 */
export class QualificationAgent extends BaseAgent<
  QualificationInput,
  QualificationResult,
  QualificationEvent
> {
  readonly name = "qualification";
  readonly #options: QualificationOptions;
  readonly #compiled: CompiledProfile;
  readonly #output = new StructuredOutput(modelAssessmentSchema, "assessment");
  #key: Promise<string> | undefined;

  /** @throws `config.invalid` naming what is wrong with the profile. */
  constructor(options: QualificationOptions) {
    super({ ...options, task: options.task ?? "qualification" });
    this.#options = options;
    this.#compiled = compileProfile(options.profile);
  }

  /** Names this set-up of profile, model, policy and `setup`; every result carries it. */
  key(): Promise<string> {
    const { policy = null, instructions = null, setup } = this.#options;
    const model = this.model ? `${this.model.provider}/${this.model.modelId}` : null;
    const more = setup === undefined ? [] : [setup];
    this.#key ??= resultKey([this.#compiled.profile, model, policy, instructions, ...more]);
    return this.#key;
  }

  protected override systemPrompt(): string {
    return this.#options.instructions ?? QUALIFICATION_INSTRUCTIONS;
  }

  protected override async *processTask(
    input: QualificationInput,
    context: RunContext,
  ): AsyncGenerator<WorkEvent | QualificationEvent, QualificationResult, void> {
    const candidate = toCandidate(input);
    const leadId = candidate.leadId ?? context.init.leadId;
    const rules = yield* this.#scoreByRules(candidate, context);
    const { askModel = ({ disqualifiedBy }) => disqualifiedBy === undefined } = this.#options;
    const assessed =
      this.model && askModel(rules) ? yield* this.#ask(this.model, candidate, rules, context) : undefined;
    if (assessed && "degraded" in assessed) yield { type: "degraded", ...assessed.degraded };
    const result = this.#result(rules, assessed, context, await this.key());
    this.#putOnRecord(result, leadId, context);
    return result;
  }

  async *#scoreByRules(
    candidate: Candidate,
    context: RunContext,
  ): AsyncGenerator<WorkEvent | QualificationEvent, RulesScore, void> {
    const startedAt = context.nowIso();
    const startedMs = context.clock.elapsed();
    const name = this.#compiled.profile.name;
    yield { type: "step-started", index: context.nextStep, kind: "rules", name };
    const rules = this.#compiled.score(candidate);
    for (const criterion of rules.criteria) yield { type: "criterion", ...criterion };
    const { score, tier, confidence } = rules;
    const latencyMs = context.clock.elapsed() - startedMs;
    context.noteStep({
      kind: "rules",
      name,
      status: "completed",
      output: { score, tier, confidence },
      startedAt,
      latencyMs,
    });
    yield { type: "rules-scored", score, tier, confidence };
    return rules;
  }

  async *#ask(
    model: LanguageModel,
    candidate: Candidate,
    rules: RulesScore,
    context: RunContext,
  ): AsyncGenerator<WorkEvent, Assessed, void> {
    try {
      const { output, result } = yield* runModelLoop<ModelAssessment>(context, {
        agent: this.name,
        model,
        messages: qualificationPrompt(this.systemPrompt(), this.#compiled.profile, candidate, rules),
        tools: this.tools,
        output: this.#output,
        maxSteps: 6,
        maxRepairs: 1,
        request: this.#options.request ?? DEFAULT_REQUEST,
      });
      return { assessment: output, model: `${result.provider}/${result.modelId}` };
    } catch (error) {
      const degraded = context.signal.aborted ? undefined : degradationFor(error, model);
      if (!degraded) throw error;
      return { degraded };
    }
  }

  #result(
    rules: RulesScore,
    assessed: Assessed | undefined,
    context: RunContext,
    key: string,
  ): QualificationResult {
    const { costUsd, latencyMs } = context.summary();
    const shared = {
      criteria: rules.criteria,
      rulesScore: rules.score,
      ...(costUsd === undefined ? {} : { costUsd }),
      latencyMs,
      profile: this.#compiled.profile.name,
      key,
    };
    if (!assessed || "degraded" in assessed) {
      const { score, tier, confidence, qualified, missing, nextAction, nextActionReason } = rules;
      return {
        score,
        tier,
        confidence,
        qualified,
        reasons: rulesReasons(rules),
        missing: missing.map(({ label }) => label),
        nextAction,
        nextActionReason,
        engine: "rules",
        ...(assessed ?? {}),
        ...shared,
      };
    }
    const { disqualifiedBy: _, ...merged } = mergeAssessment(
      this.#compiled,
      rules,
      assessed.assessment,
      this.#options.policy,
    );
    return { ...merged, engine: "model", model: assessed.model, ...shared };
  }

  #putOnRecord(result: QualificationResult, leadId: string | undefined, context: RunContext): void {
    const { score, tier, engine } = result;
    context.setEngine(engine);
    if (leadId === undefined) return;
    context.noteResult({ kind: "qualification", leadId, score, tier, data: toData(result) });
    context.logAction("lead-qualified", `lead:${leadId}`, {
      score,
      tier,
      engine,
      nextAction: result.nextAction,
    });
    context.emit("lead-qualified", { leadId, score, tier, engine });
  }
}

function toData(result: QualificationResult): JsonObject {
  return JSON.parse(JSON.stringify(result)) as JsonObject;
}
