import { type Clock, createModelStream, type LanguageModel, systemClock } from "@salesagent/ports";
import { type ProfileOverride, type ProfileTable, resolveProfile } from "@salesagent/provider-kit";
import { type AiSdkLanguageModel, SPECIFICATION_VERSIONS } from "./ai-sdk-model.js";
import { AiSdkSource, type AiSdkTarget } from "./ai-sdk-source.js";

/** How a model of the AI SDK is taken over. */
export interface FromAiSdkOptions {
  /** What you know of the model: limits, prices, abilities. The AI SDK tells none of it. */
  readonly profile?: ProfileOverride | undefined;
  /** The name of the provider in events, errors and accounts. @defaultValue the AI SDK's, up to its first dot */
  readonly provider?: string | undefined;
  /** Texts that must not appear in errors, such as the API key that you gave to the AI SDK. @defaultValue none */
  readonly secrets?: readonly string[] | undefined;
  /**
   * Takes an answer for whole though its vendor told no reason for its end. Only for servers that never tell one: the AI
   * SDK ends a stream that breaks off in the same way. @defaultValue false
   */
  readonly acceptMissingReason?: boolean | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
}

/** What is taken for granted of a model that nothing is known of. */
const PROFILES: ProfileTable = {
  unknown: {
    abilities: {
      tools: true,
      parallelTools: true,
      structuredOutput: "schema",
      reasoning: true,
      vision: false,
      sampling: true,
      prefill: false,
    },
    locality: "cloud",
    source: { asOf: "2026-11-21", note: "assumed: the AI SDK tells no abilities, limits or prices" },
  },
  models: {},
};

/**
 * Takes any language model object of the AI SDK: `LanguageModelV2`, `V3` or `V4`, so those of AI SDK 5, 6 and 7.
 *
 * @throws TypeError for anything else, saying what it is.
 */
export function fromAiSdk(model: AiSdkLanguageModel, options: FromAiSdkOptions = {}): LanguageModel {
  refuseOthers(model);
  const provider = options.provider ?? (model.provider.split(".")[0]?.toLowerCase() || "ai-sdk");
  const { modelId } = model;
  const profile = resolveProfile(PROFILES, modelId, options.profile);
  const clock = options.clock ?? systemClock;
  const { secrets = [], acceptMissingReason = false } = options;
  const target: AiSdkTarget = { model, provider, profile, clock, secrets, acceptMissingReason };
  return {
    port: "language-model/1",
    provider,
    modelId,
    profile,
    stream: (request, call = {}) =>
      createModelStream((control) => new AiSdkSource(target, request, call, control), call),
  };
}

function refuseOthers(model: unknown): void {
  const wanted = `fromAiSdk takes a language model object of the AI SDK's specification ${SPECIFICATION_VERSIONS.join(", ")}`;
  if (typeof model === "string") {
    throw new TypeError(
      `${wanted}, got the name "${model}". Make the model with its provider package, such as openai("…").`,
    );
  }
  if (typeof model !== "object" || model === null) throw new TypeError(`${wanted}, got ${typeof model}.`);
  const { specificationVersion: version, doStream, doGenerate } = model as Record<string, unknown>;
  if (!SPECIFICATION_VERSIONS.some((known) => known === version)) {
    throw new TypeError(`${wanted}, got one of specification ${JSON.stringify(version) ?? "undefined"}.`);
  }
  if (typeof doStream !== "function" || typeof doGenerate !== "function") {
    throw new TypeError(
      `${wanted}, got an object without doStream and doGenerate, such as an embedding model.`,
    );
  }
}
