import type { InferOutput, JsonObject, JsonValue } from "@salesagent/ports";
import { z } from "zod";

/** What is asked of a growth run: the account, market or product to look at, and what growth means here. */
export const growthGoalSchema = z.string().trim().min(1).max(4_000);

/** What the host knows of the account, such as a lead's fields. Data, whatever it says. That it is JSON is checked by the graph. */
export const growthFactsSchema = z.record(z.string(), z.custom<JsonValue>()).default({});

/** What the model that researches answers. */
export const researchSchema = z.object({
  findings: z
    .array(
      z.object({
        claim: z.string().min(1).max(500).describe("One fact, in one sentence"),
        source: z
          .string()
          .min(1)
          .max(2_000)
          .describe('The URL that a tool gave it from, or "facts" when the facts given say it'),
      }),
    )
    .max(20),
});

/** What the model that analyses answers. */
export const analysisSchema = z.object({
  opportunities: z
    .array(
      z.object({
        title: z.string().min(1).max(120),
        rationale: z.string().min(1).max(800).describe("Why this can grow revenue, resting on the findings"),
        evidence: z.array(z.int().min(1)).max(20).describe("Numbers of the findings it rests on"),
        nextStep: z.string().min(1).max(300).describe("What a salesperson does first"),
      }),
    )
    .max(8),
});

/** What the model that validates answers. */
export const validationSchema = z.object({
  verdicts: z.array(
    z.object({
      opportunity: z.int().min(1).describe("Its number"),
      confidence: z.number().min(0).max(1).describe("How far the evidence carries the opportunity, 0 to 1"),
      doubts: z.array(z.string().max(300)).max(5),
    }),
  ),
  questions: z
    .array(z.string().max(300))
    .max(5)
    .describe("What to look up to be surer, the most telling first"),
});

/** A fact with where it was read: a URL, or `facts` for what the host gave. */
export type Finding = InferOutput<typeof researchSchema>["findings"][number];

/** A way to grow, with what speaks for it. */
export interface Opportunity {
  readonly title: string;
  readonly rationale: string;
  readonly nextStep: string;
  /** Never empty, and every source was really read. */
  readonly evidence: readonly Finding[];
  /** The sources of the evidence, each once. */
  readonly sources: readonly string[];
  /** 0–1; 0 until it was validated. */
  readonly confidence: number;
  readonly doubts: readonly string[];
}

/** What the researcher is given. */
export interface ResearchTask {
  readonly goal: string;
  readonly facts: JsonObject;
  /** What is known already. */
  readonly findings: readonly Finding[];
  /** What the round before left open. */
  readonly questions: readonly string[];
}

/** What the researcher found. */
export interface Research {
  readonly findings: readonly Finding[];
  /** How many findings were thrown away, because nothing that was read has their source. */
  readonly unsourced: number;
}
