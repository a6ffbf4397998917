import {
  type AttemptGuard,
  type AttemptPlan,
  type EmbeddingModel,
  type ModelAttempt,
  type ModelCallOptions,
  type ModelProfile,
  SalesAgentError,
  untilAborted,
  userMessage,
} from "@salesagent/ports";
import { attemptCeiling } from "../model/attempt-ceiling.js";
import { lostAttemptCost } from "../model/attempt-cost.js";
import { beginAttempt } from "../model/begin-attempt.js";
import { type SpareOptions, spare } from "./spare-work.js";

/** How texts are embedded. */
export interface EmbedOptions extends SpareOptions {
  readonly embeddings: EmbeddingModel;
  readonly dimensions: number | undefined;
  readonly locality: "local" | "cloud";
}

/** What came of it. */
export interface EmbeddedText {
  readonly vector?: Float32Array | undefined;
  /** Absent when a guard forbade it: there was no attempt. */
  readonly attempt?: ModelAttempt | undefined;
}

/** What came of many texts. */
export interface EmbeddedTexts {
  /** One for each text, in their order; absent when it failed. */
  readonly vectors?: readonly Float32Array[] | undefined;
  /** Absent when a guard forbade it: there was no attempt. */
  readonly attempt?: ModelAttempt | undefined;
}

const NO_GUARDS: readonly AttemptGuard[] = [];

/** Embeds one text; see {@link embedTexts}. */
export async function embedText(
  options: EmbedOptions,
  text: string,
  call: ModelCallOptions,
  signal: AbortSignal,
): Promise<EmbeddedText> {
  const { vectors, attempt } = await embedTexts(options, [text], call, signal);
  return { vector: vectors?.[0], attempt };
}

/**
 * Embeds texts: an attempt at a model like any other, so the call's guards are asked for it and told its end. Whoever asks can do
 * without it: it never rejects.
 *
 * @param signal - Ends it.
 */
export async function embedTexts(
  options: EmbedOptions,
  texts: readonly string[],
  call: ModelCallOptions,
  signal: AbortSignal | undefined,
): Promise<EmbeddedTexts> {
  const { embeddings, dimensions, clock } = options;
  const plan = planEmbedding(options, texts, call);
  const [startedMs, startedAtMs] = [clock.elapsed(), clock.now()];
  let attempt: ModelAttempt | undefined;
  const vectors = await spare(options, "embed", signal, async (limited) => {
    const end = await beginAttempt(call.guards ?? NO_GUARDS, plan, { signal: limited });
    try {
      const embedding = embeddings.embed(texts, { signal: limited, dimensions });
      const { vectors: embedded, usage, costUsd } = await untilAborted(embedding, limited);
      attempt = { ...nameOf(embeddings), outcome: "completed", usage, ...costOf(costUsd), ...times() };
      return embedded;
    } catch (error) {
      const cost = lostAttemptCost(plan, error, 0, startedAtMs);
      attempt = { ...nameOf(embeddings), ...endOf(error, signal), ...cost, ...times() };
      throw error;
    } finally {
      if (attempt) await end(attempt);
    }
  });
  return { vectors, attempt };

  function times(): Pick<ModelAttempt, "startedMs" | "latencyMs"> {
    return { startedMs: 0, latencyMs: clock.elapsed() - startedMs };
  }
}

function planEmbedding(
  { embeddings, locality, clock }: EmbedOptions,
  texts: readonly string[],
  call: ModelCallOptions,
): AttemptPlan {
  const request = { messages: texts.map((text) => userMessage(text)), maxOutputTokens: 0 };
  const { price } = embeddings;
  const profile: ModelProfile = {
    ...(price ? { price } : {}),
    maxOutputTokens: 0,
    abilities: NO_ABILITIES,
    locality,
    source: {
      asOf: price?.asOf ?? new Date(clock.now()).toISOString().slice(0, 10),
      note: "embedding model",
    },
  };
  const ceiling = () => attemptCeiling(request, profile);
  return { ...nameOf(embeddings), purpose: "first", profile, request, scope: call.scope ?? {}, ceiling };
}

const NO_ABILITIES = {
  tools: false,
  parallelTools: false,
  structuredOutput: "none",
  reasoning: false,
  vision: false,
  sampling: false,
  prefill: false,
} as const;

function nameOf({ provider, modelId }: EmbeddingModel): Pick<ModelAttempt, "provider" | "modelId"> {
  return { provider, modelId };
}

function costOf(costUsd: number | undefined): Pick<ModelAttempt, "costUsd"> {
  return costUsd === undefined ? {} : { costUsd };
}

function endOf(error: unknown, caller: AbortSignal | undefined): Pick<ModelAttempt, "outcome" | "errorCode"> {
  if (caller?.aborted) return { outcome: "aborted", errorCode: "aborted" };
  return { outcome: "failed", errorCode: SalesAgentError.is(error) ? error.code : "internal" };
}
