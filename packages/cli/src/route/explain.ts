import { estimateInputTokens } from "@salesagent/core/model";
import { ModelRouter, type RankedFacts } from "@salesagent/core/router";
import type {
  ConsideredCandidate,
  LanguageModel,
  ModelAbilities,
  ModelCallOptions,
  ModelName,
  ModelRequest,
} from "@salesagent/ports";
import type { RouteOptions } from "./route-options.js";

/** One candidate of an explained decision, with what is known of it. */
export interface ExplainedCandidate extends ConsideredCandidate {
  readonly id: string;
  /** Expected time to the whole answer, in milliseconds; absent for one that was passed over. */
  readonly expectedMs?: number;
  readonly contextTokens?: number;
  readonly locality: "local" | "cloud";
  readonly abilities: ModelAbilities;
  /** Where its vendor wants one: whether the key is set. */
  readonly key?: { readonly variable: string; readonly set: boolean };
  /** The day on which the price was read. */
  readonly priceAsOf?: string;
}

/** A decision, and what it was about. */
export interface Explanation {
  readonly policy: string;
  readonly task?: string;
  /** Estimated, of this very request. */
  readonly inputTokens: number;
  readonly maxOutputTokens?: number;
  readonly candidates: readonly ExplainedCandidate[];
}

/** A model that may be chosen, and where its key is. */
export interface RouteCandidate {
  readonly model: LanguageModel;
  readonly keyVariable: string | undefined;
}

/** Asks a router what it would try, and calls nothing. */
export function explain(
  request: ModelRequest,
  candidates: readonly RouteCandidate[],
  { policy, task, local }: Pick<RouteOptions, "policy" | "task" | "local">,
  env: Readonly<Record<string, string | undefined>>,
): Explanation {
  const models = candidates.map(({ model }) => model);
  const call: ModelCallOptions = { task, ...(local ? { locality: "local" } : {}) };
  const decision = new ModelRouter({ candidates: models, policy }).explain(request, call);
  const ranked = rankedFacts(request, models, call);
  const byId = new Map(candidates.map((candidate) => [idOf(candidate.model), candidate]));
  const { maxOutputTokens } = request;
  return {
    policy: decision.policy,
    ...(task === undefined ? {} : { task }),
    inputTokens: estimateInputTokens(request),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    candidates: decision.candidates.flatMap((considered) => {
      const candidate = byId.get(idOf(considered));
      const expectedMs = considered.passedOver ? undefined : ranked.get(idOf(considered))?.expectedMs;
      return candidate ? [explained(considered, candidate, expectedMs, env)] : [];
    }),
  };
}

function explained(
  considered: ConsideredCandidate,
  { model, keyVariable }: RouteCandidate,
  expectedMs: number | undefined,
  env: Readonly<Record<string, string | undefined>>,
): ExplainedCandidate {
  const { contextTokens, locality, abilities, price } = model.profile;
  return {
    id: idOf(model),
    ...considered,
    ...(expectedMs === undefined ? {} : { expectedMs: Math.round(expectedMs) }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
    locality,
    abilities,
    ...(price === undefined ? {} : { priceAsOf: price.asOf }),
    ...(keyVariable === undefined ? {} : { key: { variable: keyVariable, set: !!env[keyVariable] } }),
  };
}

function idOf({ provider, modelId }: ModelName): string {
  return `${provider}/${modelId}`;
}

/** A policy is told more of a candidate than a decision tells. */
function rankedFacts(
  request: ModelRequest,
  models: readonly LanguageModel[],
  call: ModelCallOptions,
): ReadonlyMap<string, RankedFacts> {
  const facts = new Map<string, RankedFacts>();
  const policy = (candidate: RankedFacts) => {
    facts.set(candidate.id, candidate);
    return 0;
  };
  new ModelRouter({ candidates: models, policy }).explain(request, call);
  return facts;
}
