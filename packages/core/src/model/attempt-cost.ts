import {
  type AttemptPlan,
  type ModelAttempt,
  type ModelErrorFacts,
  type ModelRequest,
  SalesAgentError,
  type Usage,
} from "@salesagent/ports";
import { fromNanoUsd, priceNanoUsd } from "@salesagent/ports/money";
import { soundUsage } from "./sound-finish.js";

/** Characters of a token in running text, on average; for estimates that are marked as such. */
const CHARS_PER_TOKEN = 4;

/** Failures that come before a vendor does any work that it bills. */
const NEVER_BILLED: ReadonlySet<string> = new Set([
  "model.auth",
  "model.quota_exhausted",
  "model.rate_limited",
  "model.overloaded",
  "model.not_found",
  "model.bad_request",
  "model.context_length",
  "model.unreachable",
]);

/** About how many tokens a request is, by its length. */
export function estimateInputTokens(request: ModelRequest): number {
  let chars = 0;
  for (const { parts } of request.messages) {
    for (const part of parts) {
      if ("text" in part) chars += part.text.length;
      else if (part.type === "tool-call") chars += charsOf(part.input);
      else if (part.type === "tool-result") chars += charsOf(part.output);
    }
  }
  for (const tool of request.tools ?? []) {
    chars += tool.name.length + tool.description.length + schemaChars(tool.inputSchema);
  }
  if (request.output) chars += schemaChars(request.output.schema);
  return Math.ceil(chars / CHARS_PER_TOKEN);
}

/** Schemas are long and stay the same from call to call. */
const SCHEMA_CHARS = new WeakMap<object, number>();

function schemaChars(schema: object): number {
  let chars = SCHEMA_CHARS.get(schema);
  if (chars === undefined) {
    chars = charsOf(schema);
    SCHEMA_CHARS.set(schema, chars);
  }
  return chars;
}

/** An estimate must not fail where the call itself would: what is no JSON counts as nothing. */
function charsOf(value: unknown): number {
  try {
    return JSON.stringify(value)?.length ?? 0;
  } catch {
    return 0;
  }
}

/** What an attempt used and cost, by the vendor's word where there is one, else by estimate. */
export type AttemptCost = Pick<ModelAttempt, "usage" | "costUsd" | "feeUsd" | "estimated">;

/**
 * The cost of an attempt that did not bring an answer. A vendor that refused before any work billed nothing; else the
 * tokens that it reported count, and what it did not report is estimated from what was sent and what came.
 *
 * @param receivedChars - Of text, reasoning and arguments that came before the end.
 * @param startedAtMs - Milliseconds since the epoch, for prices that depend on the time.
 */
export function lostAttemptCost(
  plan: AttemptPlan,
  error: unknown,
  receivedChars: number,
  startedAtMs: number,
): AttemptCost {
  const facts = modelFacts(error);
  if (receivedChars === 0 && SalesAgentError.is(error) && NEVER_BILLED.has(error.code) && !facts.inBand) {
    return { usage: {}, costUsd: 0 };
  }
  const reported = soundUsage(facts.usage ?? {});
  const received = Math.ceil(receivedChars / CHARS_PER_TOKEN);
  const usage: Usage = {
    ...reported,
    inputTokens: reported.inputTokens ?? estimateInputTokens(plan.request),
    // What is reported in the middle of an answer is often the count at its beginning.
    outputTokens: Math.max(reported.outputTokens ?? 0, received),
  };
  const told = usage.inputTokens === reported.inputTokens && usage.outputTokens === reported.outputTokens;
  return { ...priced(plan, usage, startedAtMs), ...(told ? {} : { estimated: true }) };
}

/** The cost of a whole answer whose vendor told no usage, or only a part of it. */
export function untoldAttemptCost(
  plan: AttemptPlan,
  told: Usage,
  receivedChars: number,
  startedAtMs: number,
): AttemptCost {
  const usage: Usage = {
    ...told,
    inputTokens: told.inputTokens ?? estimateInputTokens(plan.request),
    outputTokens: told.outputTokens ?? Math.ceil(receivedChars / CHARS_PER_TOKEN),
  };
  return { ...priced(plan, usage, startedAtMs), estimated: true };
}

/** The part of a cost that is charged for the request itself, where there is one. */
export function feeOf({ profile }: AttemptPlan): number | undefined {
  const fee = profile.price?.perRequest ?? 0;
  return fee > 0 ? fee : undefined;
}

function priced(plan: AttemptPlan, usage: Usage, startedAtMs: number): AttemptCost {
  const { price } = plan.profile;
  const nanoUsd = price && priceNanoUsd(price, usage, startedAtMs);
  const isCost = nanoUsd !== undefined && nanoUsd >= 0 && Number.isSafeInteger(nanoUsd);
  const feeUsd = feeOf(plan);
  return {
    usage,
    ...(isCost ? { costUsd: fromNanoUsd(nanoUsd) } : {}),
    ...(feeUsd === undefined ? {} : { feeUsd }),
  };
}

/** What a failed model call tells of itself; nothing for other failures. */
export function modelFacts(error: unknown): Partial<ModelErrorFacts> {
  return SalesAgentError.is(error) && "modelId" in error.facts ? error.facts : {};
}
