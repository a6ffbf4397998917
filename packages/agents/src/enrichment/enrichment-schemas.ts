import type { Company, Contact, InferOutput, JsonValue, Provenance } from "@salesagent/ports";
import { z } from "zod";

const hint = z.string().trim().min(1).max(500).optional();

/** What a company is known by. */
export const companyHintsSchema = z.strictObject({ domain: hint, name: hint, linkedinUrl: hint }).default({});

/** What a person is known by. */
export const personHintsSchema = z
  .strictObject({ email: hint, linkedinUrl: hint, fullName: hint, domain: hint })
  .default({});

export type CompanyHintsGiven = InferOutput<typeof companyHintsSchema>;
export type PersonHintsGiven = InferOutput<typeof personHintsSchema>;

/** A company and a person, as far as they are known, each field with its source. */
export interface EnrichedRecords {
  readonly company?: Company;
  readonly contact?: Contact;
}

/** What one source said. */
export interface SourceReading extends EnrichedRecords {
  /** The tool's name. */
  readonly source: string;
  /** `skipped`: there is no such tool, or nothing to ask it by. */
  readonly status: "found" | "unknown" | "failed" | "skipped";
  /** Why it failed. */
  readonly errorCode?: string;
}

/** One of the values that sources give. */
export interface FieldCandidate {
  readonly value: JsonValue;
  readonly provenance: Provenance;
}

/** A field whose sources say different things. */
export interface Disagreement {
  readonly record: "company" | "contact";
  readonly field: string;
  /** The surest first, as rules see it. */
  readonly candidates: readonly FieldCandidate[];
  /** Index of the candidate that stands. */
  readonly chosen: number;
  /** Why, where a model chose. */
  readonly reason?: string;
}

/** What a model answers that settles disagreements. It chooses among what sources say; it can't say anything else. */
export const settlementSchema = z.object({
  choices: z
    .array(
      z.object({
        disagreement: z.int().min(1).describe("Its number"),
        candidate: z.int().min(1).describe("The number of the value that is right"),
        reason: z.string().max(300),
      }),
    )
    .max(50),
  summary: z.string().max(1_200).describe("Who this is, for a salesperson, from the facts alone"),
});

export type Settlement = InferOutput<typeof settlementSchema>;
