import type { LanguageModel, ModelRequest } from "@salesagent/ports";

/** What a request needs of a model. */
export interface Needs {
  readonly tools: boolean;
  readonly parallelTools: boolean;
  readonly enforcedSchema: boolean;
  readonly vision: boolean;
  readonly local: boolean;
  /** Estimated input, in tokens. */
  readonly inputTokens: number;
  /** Output that the caller asked for, in tokens. */
  readonly outputTokens: number;
}

/** Reads from a request what it needs. */
export function needsOf(request: ModelRequest, inputTokens: number, local: boolean): Needs {
  return {
    tools: (request.tools?.length ?? 0) > 0,
    parallelTools: request.parallelToolCalls === true,
    enforcedSchema: request.output?.strict === true,
    vision: request.messages.some(({ parts }) => parts.some((part) => part.type === "file")),
    local,
    inputTokens,
    outputTokens: request.maxOutputTokens ?? 0,
  };
}

/**
 * Why a model can't take a request, whatever its health. Empty when it can.
 *
 * @param nowMs - Milliseconds since the epoch.
 */
export function unfitReasons({ profile }: LanguageModel, needs: Needs, nowMs: number): readonly string[] {
  const { abilities, locality, contextTokens, retired } = profile;
  const reasons: string[] = [];
  if (needs.local && locality !== "local") reasons.push("the data must stay local, and this model is not");
  if (needs.tools && !abilities.tools) reasons.push("it can't call tools");
  if (needs.tools && needs.parallelTools && !abilities.parallelTools) {
    reasons.push("it can't call tools in parallel");
  }
  if (needs.enforcedSchema && abilities.structuredOutput !== "schema") {
    reasons.push("it can't hold its answer to a schema");
  }
  if (needs.vision && !abilities.vision) reasons.push("it can't read files or images");
  if (contextTokens !== undefined && needs.inputTokens + needs.outputTokens > contextTokens) {
    reasons.push(
      `about ${needs.inputTokens + needs.outputTokens} tokens don't fit its context of ${contextTokens}`,
    );
  }
  if (retired?.on !== undefined && retired.on <= new Date(nowMs).toISOString().slice(0, 10)) {
    reasons.push(`it was retired on ${retired.on}`);
  }
  return reasons;
}
