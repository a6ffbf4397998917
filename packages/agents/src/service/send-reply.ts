import { defineEffect, type Effect, type Effects } from "@salesagent/core/effects";
import type { NodeContext } from "@salesagent/core/graph";
import type { SessionMemory } from "@salesagent/core/memory";
import { type Clock, type JsonValue, SalesAgentError } from "@salesagent/ports";
import { tenantOf } from "../flow/tenant-of.js";
import type { OutgoingReply, ReplyChannel } from "../ports/reply-channel.js";
import type { ServiceReply, ServiceState } from "./service-state.js";

/** How replies reach customers, where the host has a channel. */
export interface ReplyMeans {
  readonly memory: SessionMemory;
  readonly clock: Clock;
  readonly channel: { readonly effects: Effects; readonly send: Effect<OutgoingReply, null> } | undefined;
}

const TIMEOUT_MS = 60_000;
const SHORTEST_SLEEP_MS = 1_000;

/** A message to a customer, once. Its key is the same on every attempt. */
export function replyEffect(channel: ReplyChannel): Effect<OutgoingReply, null> {
  const { wasSent } = channel;
  return defineEffect<OutgoingReply, null>({
    name: "service_reply",
    target: ({ to }) => to,
    timeoutMs: TIMEOUT_MS,
    act: async (reply, { tenant, idempotencyKey, signal }) => {
      await channel.send(reply, { tenant, idempotencyKey, signal });
      return null;
    },
    lookup:
      wasSent &&
      (async (reply, _record, { tenant, idempotencyKey, signal }) => {
        const sent = await wasSent.call(channel, reply, { tenant, idempotencyKey, signal });
        if (sent === undefined) return { unknown: true };
        return sent ? { happened: true, result: null } : { happened: false };
      }),
  });
}

/**
 * Tells the customer, once, and puts it into the thread, once. The address is the host's: it is in the case from its beginning, and
 * nothing that is written later changes it.
 *
 * @param step - Names it; unique in the node.
 */
export async function sendReply(
  means: ReplyMeans,
  { threadId, customer }: Pick<ServiceState, "threadId" | "customer">,
  ctx: NodeContext,
  { text, sources, by }: ServiceReply,
  step: string,
): Promise<void> {
  const tenant = tenantOf(ctx);
  const { runId, taskKey } = ctx;
  if (customer)
    await sendOnce(means, ctx, `${taskKey}/${step}`, { to: customer.address, threadId, text, sources });
  const message = { role: "assistant", parts: [{ type: "text", text }] } as const;
  await means.memory.append(threadId, [message], {
    ...{ tenant, signal: ctx.signal, once: true },
    runId: `${runId}/${taskKey}/${step}`,
  });
  ctx.emit({ type: "replied", text, sources: sources as JsonValue, by });
}

/** Waits, without a process, while somebody else is at it, or while a gate says "later". */
async function sendOnce(
  { channel, clock }: ReplyMeans,
  ctx: NodeContext,
  step: string,
  input: OutgoingReply,
): Promise<void> {
  if (!channel) return;
  const { runId, signal } = ctx;
  for (;;) {
    try {
      await channel.effects.run(channel.send, {
        tenant: tenantOf(ctx),
        runId,
        signal,
        step,
        input,
        agent: "service",
      });
      return;
    } catch (error) {
      const againAt = againAtOf(error);
      if (againAt === undefined) throw error;
      await ctx.sleep(Math.max(SHORTEST_SLEEP_MS, Date.parse(againAt) - clock.now()));
    }
  }
}

function againAtOf(error: unknown): string | undefined {
  if (SalesAgentError.is(error, "effect.in_progress")) return error.facts.leaseUntil;
  if (SalesAgentError.is(error, "effect.refused")) return error.facts.retryAt;
  return undefined;
}
