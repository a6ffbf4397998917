import type { InferOutput, JsonObject, JsonValue, StandardSchema } from "@salesagent/ports";
import { z } from "zod";
import { bodyProblem, type Channel, type ChannelLimits } from "./channel-limits.js";

const CHANNELS = ["email", "linkedin", "sms"] as const;

/** What is offered, in the host's own words. */
export const offerSchema = z.string().trim().min(1).max(4_000);

/** What is known of who is written to. That it is JSON is checked by the graph. */
export const leadSchema = z.record(z.string(), z.custom<JsonValue>()).default({});

export const channelsSchema = z
  .array(z.enum(CHANNELS))
  .min(1)
  .refine((channels) => new Set(channels).size === channels.length, "must name each channel once")
  .default(["email"]);

/** Why somebody would care. */
export const anglesSchema = z.object({
  angles: z
    .array(
      z.object({
        hook: z.string().min(1).max(200).describe("The thought in one sentence"),
        because: z.string().min(1).max(400).describe("The fact about the lead that it rests on"),
      }),
    )
    .min(1)
    .max(5),
});

export const draftSchema = z.object({ body: z.string().min(1).max(10_000) });

export const subjectsSchema = z.object({ subjects: z.array(z.string().min(1).max(200)).min(1).max(8) });

export type Angle = InferOutput<typeof anglesSchema>["angles"][number];

/** A text for one channel, before it is cut to size. */
export interface Draft {
  readonly channel: Channel;
  readonly body: string;
}

/** A message that fits its channel. */
export interface MarketingMessage {
  readonly channel: Channel;
  /** Of mails. */
  readonly subject?: string;
  readonly body: string;
  /** What was made better, in the model's words. */
  readonly changes: string;
}

/** What models are given at every step. */
export interface MarketingBrief {
  readonly offer: string;
  readonly lead: JsonObject;
  readonly language: string;
}

/** A message of one channel, as a model answers it: one that does not fit is no answer, and is asked for again. */
export function messageSchema(channel: Channel, limits: ChannelLimits) {
  const body = z
    .string()
    .trim()
    .min(1)
    .superRefine((text, context) => {
      const message = bodyProblem(channel, text, limits);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    });
  const changes = z.string().max(600).describe("What you made better than the draft");
  const { subjectChars } = limits.email;
  const subject = z
    .string()
    .trim()
    .min(1)
    .refine((text) => [...text].length <= subjectChars, `must have at most ${subjectChars} characters`)
    .refine((text) => !/[\r\n]/.test(text), "must be one line");
  const schema: StandardSchema<unknown, Omit<MarketingMessage, "channel">> = channel === "email"
    ? z.object({ subject, body, changes })
    : z.object({ body, changes });
  return schema;
}
