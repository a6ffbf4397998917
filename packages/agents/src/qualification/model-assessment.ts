import { z } from "zod";

/** What a model is asked to say about a lead. */
export const modelAssessmentSchema = z.object({
  score: z.number().int().min(0).max(100).describe("How well the lead fits the profile, 0 to 100"),
  confidence: z.number().min(0).max(1).describe("How sure you are of the score, 0 to 1"),
  reasons: z
    .array(z.string().max(300))
    .min(1)
    .max(5)
    .describe("What speaks for and against the lead, the most telling first, each resting on a fact given"),
  missing: z
    .array(z.string().max(100))
    .max(8)
    .describe("Facts that would change the judgement and are not given"),
  nextAction: z.enum(["contact", "nurture", "research", "disqualify"]),
});
