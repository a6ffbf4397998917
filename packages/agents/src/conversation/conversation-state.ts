import { type CompiledGraph, field, type InputOf, type StateOf, type UpdateOf } from "@salesagent/core/graph";
import { z } from "zod";

const idSchema = z.string().min(1).max(400);

/** What is kept of a turn: text. Audio goes past it. */
export const conversationState = {
  threadId: idSchema,
  /** What the customer wrote; absent where they spoke. */
  text: z.string().optional(),
  /** Of whom the memory's facts are told. */
  subjects: z.array(idSchema).max(20).default([]),
  leadId: idSchema.optional(),
  campaignId: idSchema.optional(),
  transcript: field({ default: () => "" }),
  intent: field<{ readonly name: string; readonly confidence: number } | null>({ default: () => null }),
  /** The whole reply, as it was written. */
  reply: field({ default: () => "" }),
  /** What of it the customer has, and what stands in the thread. */
  said: field({ default: () => "" }),
  /** `cut-off`: the customer cut in. Absent while the turn goes on. */
  outcome: field<"answered" | "not-heard" | "cut-off">(),
  /** Of the models, in USD; null where a price is unknown. */
  costUsd: field({
    default: (): number | null => 0,
    reduce: (all: number | null, more: number | null) => (all === null || more === null ? null : all + more),
  }),
};

export type ConversationState = StateOf<typeof conversationState>;
export type ConversationUpdate = UpdateOf<typeof conversationState>;
/** What a turn of text begins with, for `agent.graph`. */
export type ConversationInput = InputOf<typeof conversationState>;

/** The graph of a turn. */
export type ConversationGraph = CompiledGraph<ConversationState, ConversationUpdate, ConversationInput>;
