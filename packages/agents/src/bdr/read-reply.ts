import { type AgentOptions, defineAgent } from "@salesagent/core/agent";
import { userMessage } from "@salesagent/ports";
import { z } from "zod";
import type { Slot } from "../ports/calendar.js";
import { degradationFor } from "../qualification/degradation.js";
import { REPLY_INSTRUCTIONS } from "./bdr-prompts.js";
import { slotText } from "./slot-text.js";

const MAX_REPLY_CHARS = 20_000;
const reasonSchema = z.string().max(2_000).optional();

/** A lead's answer as the host gives it: what a link or a form says, or the words of a mail. */
export const bdrReplySchema = z.union([
  z.object({ answer: z.literal("accept"), startsAt: z.iso.datetime() }),
  z.object({ answer: z.literal("other-times"), reason: reasonSchema }),
  z.object({ answer: z.literal("decline"), reason: reasonSchema }),
  z.object({ text: z.string().min(1).max(MAX_REPLY_CHARS) }),
]);

/** A lead's answer: `accept` names the beginning of a time that was offered. */
export type BdrReply = z.output<typeof bdrReplySchema>;

/** What a reply comes to. */
export type ReadReply =
  | { readonly answer: "accept"; readonly slot: Slot }
  | { readonly answer: "other-times" }
  | { readonly answer: "decline"; readonly reason?: string }
  | { readonly answer: "unclear"; readonly reason: string };

const readingSchema = z.object({
  answer: z.enum(["accept", "other-times", "decline", "unclear"]),
  time: z.number().int().min(1).nullable().describe("The number of the time that is accepted, else null."),
});

/** How the words of a reply are read. */
export interface ReplyReading {
  readonly options: AgentOptions;
  readonly zone: string;
  /** All times that were offered. */
  readonly offered: readonly Slot[];
}

/** Reads a reply; words need a model, and without one they are for a person. */
export async function readReply(
  reply: BdrReply,
  reading: ReplyReading,
  call: { readonly tenant: string; readonly signal: AbortSignal; readonly parentRunId: string },
): Promise<ReadReply> {
  if ("text" in reply) return readWords(reply.text, reading, call);
  if (reply.answer === "accept") {
    const startMs = Date.parse(reply.startsAt);
    return accepted(reading.offered.find(({ startsAt }) => Date.parse(startsAt) === startMs));
  }
  if (reply.answer === "other-times") return { answer: "other-times" };
  return { answer: "decline", ...(reply.reason === undefined ? {} : { reason: reply.reason }) };
}

function accepted(slot: Slot | undefined): ReadReply {
  if (slot) return { answer: "accept", slot };
  return { answer: "unclear", reason: "it takes a time that was not offered" };
}

async function readWords(
  text: string,
  { options, zone, offered }: ReplyReading,
  call: { readonly tenant: string; readonly signal: AbortSignal; readonly parentRunId: string },
): Promise<ReadReply> {
  const { model } = options;
  if (!model) return { answer: "unclear", reason: "there is no model to read the lead's words" };
  const times = offered.map((slot, index) => `${index + 1}. ${slotText(slot, zone)}`).join("\n");
  const reader = defineAgent({
    ...options,
    name: "bdr-reply",
    model,
    instructions: REPLY_INSTRUCTIONS,
    output: readingSchema,
    prompt: (words: string) => [
      userMessage(`The times that were proposed (${zone}):\n${times}`, "developer"),
      userMessage(`The answer, as data:\n${words}`, "external"),
    ],
  });
  try {
    const { answer, time } = await reader.run(text, { ...call, delivery: "whole" }).output();
    if (answer === "accept") return accepted(offered[(time ?? 0) - 1]);
    if (answer === "unclear") return { answer, reason: "the model could not tell what the lead wants" };
    return { answer };
  } catch (error) {
    const degraded = call.signal.aborted ? undefined : degradationFor(error, model);
    if (!degraded) throw error;
    return { answer: "unclear", reason: `the model failed (${degraded.code})` };
  }
}
