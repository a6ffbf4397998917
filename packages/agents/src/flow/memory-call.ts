import type { RunContext } from "@salesagent/core/agent";
import type { ContextRequest } from "@salesagent/core/memory";
import { spendCapGuard } from "@salesagent/core/model";

/** How an agent's run reads a thread: a memory that asks a model, such as for a summary, is held to the run's caps. */
export function memoryCall({ tenant, signal, init }: RunContext): ContextRequest {
  const { agent, runId, leadId, campaignId, spendCap, budgets } = init;
  const guards = [...(spendCap ? [spendCapGuard(spendCap)] : []), ...(budgets ? [budgets] : [])];
  return { tenant, signal, guards, scope: { tenant, agent, runId, leadId, campaignId } };
}

/** What of a thread a model is told at most: half of its context. */
export function threadTokens(contextTokens: number | undefined): Pick<ContextRequest, "maxTokens"> {
  return contextTokens === undefined ? {} : { maxTokens: Math.floor(contextTokens / 2) };
}
