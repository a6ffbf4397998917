import { type ModelProfile, type ModelRequest, type ModelResult, SalesAgentError } from "@salesagent/ports";
import { toRecord } from "../kernel/to-record.js";
import { guarded } from "../model/guarded.js";
import { withTimeout } from "../resilience/timeouts.js";
import type { MemorySettings } from "./memory-settings.js";
import type { MemoryModelCall } from "./session-memory.js";
import { cutToTokens, type SummaryPiece, summaryPrompt } from "./summary-prompt.js";
import { summaryMessage } from "./told-messages.js";

/** Room for what a model thinks before it writes. */
const REASONING_TOKENS = 4_000;
const TOKENS_PER_WORD = 2;

/**
 * Lets the summariser write the notes anew. One attempt at a model like any other: the guards of the memory and of the call are
 * asked for it, so that budgets hold and its cost is on record.
 *
 * @throws TypeError without a summariser; `model.output_truncated`, `model.content_filtered`, `model.malformed_response`, what
 * the model and the guards throw; `call.timed_out`; the signal's reason.
 */
export async function askSummary(
  { summariser, summary, clock, guards, window }: MemorySettings,
  piece: SummaryPiece,
  call: MemoryModelCall,
): Promise<string> {
  if (!summariser) throw new TypeError("memory.summariser is missing: without one nothing is summarised");
  const { maxTokens, timeoutMs: limitMs, instructions } = summary;
  const maxWords = Math.max(1, Math.floor(maxTokens / TOKENS_PER_WORD));
  const request: ModelRequest = {
    maxOutputTokens: outputRoom(summariser.profile, maxTokens),
    ...summary.request,
    messages: summaryPrompt(instructions, piece, maxWords),
  };
  const caller = call.signal === undefined ? {} : { signal: call.signal };
  const result = await withTimeout(
    (signal) =>
      guarded(summariser, clock)
        .stream(request, {
          ...{ signal, delivery: "whole", task: "summary" },
          scope: { ...call.scope, tenant: call.tenant },
          guards: [...guards, ...(call.guards ?? [])],
        })
        .result(),
    { name: "memory summary", limitMs, clock, replay: "safe", ...caller },
  );
  refuseUnfinished(result);
  return cutToTokens(toRecord(result.text), maxTokens, (text) => window.countTokens(summaryMessage(text)));
}

function outputRoom(
  { maxOutputTokens: most, contextTokens, abilities }: ModelProfile,
  summaryTokens: number,
): number {
  const wanted = summaryTokens * 2 + (abilities.reasoning ? REASONING_TOKENS : 0);
  return Math.min(
    wanted,
    most ?? wanted,
    contextTokens === undefined ? wanted : Math.floor(contextTokens / 4),
  );
}

function refuseUnfinished({ provider, modelId, usage, finishReason, text }: ModelResult): void {
  if (finishReason === "stop" && text.trim() !== "") return;
  const code =
    finishReason === "length"
      ? "model.output_truncated"
      : finishReason === "content-filter"
        ? "model.content_filtered"
        : "model.malformed_response";
  throw new SalesAgentError(code, {
    message: `${provider}/${modelId} did not write a summary: it ended by "${finishReason}". Ask again, or take another model as summariser.`,
    facts: { provider, modelId, usage },
    replay: "safe",
  });
}
