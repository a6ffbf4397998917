import type { ModelRequest } from "@salesagent/ports";
import type { ModelFailureCode, ModelSettings, WireFailureInit } from "@salesagent/provider-kit";
import type { Endpoint } from "@salesagent/provider-openai-compatible";
import { openAiProfiles } from "./openai-models.js";

/** Settings of every OpenAI model. */
export interface OpenAiAccount {
  /** Bills another organisation of the key's owner. @defaultValue the key's own */
  readonly organization?: string | undefined;
  /** Bills another project. @defaultValue the key's own */
  readonly project?: string | undefined;
}

/** What all of OpenAI's endpoints share. */
export type OpenAiPlace = Pick<
  Endpoint,
  | "provider"
  | "baseUrl"
  | "keyVariables"
  | "keyRequired"
  | "profiles"
  | "requestIdHeader"
  | "headers"
  | "classify"
  | "isListPriced"
> & { readonly headers: Readonly<Record<string, string>>; readonly requestIdHeader: string };

/** Where OpenAI is, and how a call of this model reads. */
export function openAiPlace(modelId: string, account: ModelSettings & OpenAiAccount): OpenAiPlace {
  const { organization, project } = account;
  return {
    provider: "openai",
    baseUrl: "https://api.openai.com/v1",
    keyVariables: ["OPENAI_API_KEY"],
    keyRequired: true,
    profiles: openAiProfiles(modelId),
    requestIdHeader: "x-request-id",
    headers: {
      ...(organization === undefined ? {} : { "openai-organization": organization }),
      ...(project === undefined ? {} : { "openai-project": project }),
    },
    classify: classifyOpenAi,
    isListPriced: hasListedTier,
  };
}

function classifyOpenAi({
  kind,
  status,
  error,
  vendorCode,
  vendorMessage,
}: WireFailureInit): ModelFailureCode | undefined {
  // The responses endpoint answers an unknown model with 400.
  if (kind === "status" && status === 400 && error?.["param"] === "model") return "model.not_found";
  if (vendorCode === "bio_policy" || vendorCode === "image_content_policy_violation")
    return "model.content_filtered";
  const flagged = vendorCode === "invalid_prompt" && /usage polic|flagged/i.test(vendorMessage ?? "");
  return flagged ? "model.content_filtered" : undefined;
}

/** The list is that of the default tier; `flex`, `priority` and others cost less or more. */
function hasListedTier({ providerOptions }: ModelRequest): boolean {
  const tier = providerOptions?.["openai"]?.["service_tier"] ?? "default";
  return tier === "default" || tier === "auto";
}
