import type { Usage } from "@salesagent/ports";
import type { AiSdkMetadata, SpecificationVersion } from "./ai-sdk-model.js";

type Fields = Readonly<Record<string, unknown>>;

/** Where an account comes from. */
export interface UsageSource {
  readonly version: SpecificationVersion;
  /** The AI SDK's name of the provider, such as `anthropic.messages`. */
  readonly provider: string;
  readonly metadata: AiSdkMetadata | undefined;
}

/** Normalises the account of a call: flat in v2, nested since v3. */
export function fromAiSdkUsage(usage: unknown, source: UsageSource): Usage {
  const fields = record(usage);
  return clamped(source.version === "v2" ? fromFlat(fields, source) : fromNested(fields));
}

function fromNested(fields: Fields): Usage {
  const input = record(fields["inputTokens"]);
  const output = record(fields["outputTokens"]);
  return withoutGaps({
    inputTokens: count(input["total"]),
    cachedInputTokens: count(input["cacheRead"]),
    cacheWriteTokens: count(input["cacheWrite"]),
    outputTokens: count(output["total"]),
    reasoningTokens: count(output["reasoning"]),
  });
}

/** In v2 the adapters pass on the vendors' own sums, which for Claude's input leave the cache out. */
function fromFlat(fields: Fields, { provider, metadata }: UsageSource): Usage {
  const input = count(fields["inputTokens"]);
  const output = count(fields["outputTokens"]);
  const total = count(fields["totalTokens"]);
  const cached = count(fields["cachedInputTokens"]);
  const written = count(record(metadata?.["anthropic"])["cacheCreationInputTokens"]);
  const cacheApart = provider.includes("anthropic");
  return withoutGaps({
    inputTokens: input === undefined ? undefined : input + (cacheApart ? (cached ?? 0) + (written ?? 0) : 0),
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    // What the total holds beyond the parts is reasoning that a vendor leaves out of its output, and bills.
    outputTokens: output === undefined ? undefined : Math.max(output, (total ?? 0) - (input ?? total ?? 0)),
    reasoningTokens: count(fields["reasoningTokens"]),
  });
}

/** A part is never more than its total, whatever was told. */
function clamped(usage: Usage): Usage {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage;
  return {
    ...usage,
    ...(inputTokens === undefined || cachedInputTokens === undefined
      ? {}
      : { cachedInputTokens: Math.min(cachedInputTokens, inputTokens) }),
    ...(outputTokens === undefined || reasoningTokens === undefined
      ? {}
      : { reasoningTokens: Math.min(reasoningTokens, outputTokens) }),
  };
}

function withoutGaps(counts: { readonly [K in keyof Usage]: number | undefined }): Usage {
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== undefined));
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function record(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
