import type { ResultRecord } from "@salesagent/ports";
import { z } from "zod";
import type { QualificationResult } from "./qualification-result.js";

/** What tells a stored qualification from other data. Results of later versions may hold more. */
const shape = z.looseObject({
  score: z.number(),
  tier: z.string(),
  confidence: z.number(),
  qualified: z.boolean(),
  reasons: z.array(z.string()),
  missing: z.array(z.string()),
  nextAction: z.enum(["contact", "nurture", "research", "disqualify"]),
  nextActionReason: z.string(),
  criteria: z.array(z.looseObject({ name: z.string(), outcome: z.string(), evidence: z.string() })),
  engine: z.enum(["rules", "model"]),
  rulesScore: z.number(),
  latencyMs: z.number(),
  profile: z.string(),
  key: z.string(),
});

/**
 * A stored result as what it is.
 *
 * @returns Nothing for a record of another kind or shape.
 */
export function readQualification({
  kind,
  data,
}: Pick<ResultRecord, "kind" | "data">): QualificationResult | undefined {
  return kind === "qualification" && isQualification(data) ? data : undefined;
}

function isQualification(value: unknown): value is QualificationResult {
  return shape.safeParse(value).success;
}
