import type { CompanyFields, ContactFields, FieldProvenance, JsonObject } from "@salesagent/ports";
import type { FieldPath } from "../profile/field-path.js";

/** What a profile scores: a `Lead`, a `LeadDraft`, or bare facts without provenance. */
export interface ScorableLead {
  readonly company: CompanyFields & { readonly provenance?: FieldProvenance<CompanyFields> | undefined };
  readonly contact?:
    | (ContactFields & { readonly provenance?: FieldProvenance<ContactFields> | undefined })
    | undefined;
  readonly custom?: JsonObject | undefined;
}

/** How a criterion counts: it gives points, must be met, takes points, or disqualifies. */
export type CriterionRole = "for" | "required" | "negative" | "exclude";

/**
 * What came of a criterion. `met`, `partly`, `missed` and `absent` (a `present` criterion whose fields are empty) belong
 * to those that give points; `against` (points taken), `excluded` (disqualified) and `clear` (does not apply) to the
 * others; `unknown` to all.
 */
export type CriterionOutcome =
  | "met"
  | "partly"
  | "missed"
  | "absent"
  | "against"
  | "excluded"
  | "clear"
  | "unknown";

/** One criterion's share in a score. */
export interface CriterionScore {
  readonly name: string;
  readonly label: string;
  readonly role: CriterionRole;
  readonly outcome: CriterionOutcome;
  /** Of 100, two decimals; below 0 where they are taken. The points of all criteria add up to the score before its cap. */
  readonly points: number;
  /** The most that `points` can be; of a negative the most that it takes, below 0; of an exclude 0. */
  readonly maxPoints: number;
  /** The fact and what it was held against, such as `51–200 people is within 20–500`. Quotes the lead: text, not markup. */
  readonly evidence: string;
  readonly field: FieldPath;
  /** Where the fact came from, such as `csv:leads.csv`; absent where the lead does not say. */
  readonly source?: string;
}

/** A field whose value would make the score surer. */
export interface MissingField {
  readonly field: FieldPath;
  /** How it is called, such as `head count`. */
  readonly label: string;
  /** Weight of the criteria that wait for it; 0 where only an exclude does. */
  readonly weight: number;
}

/** What to do with a lead. */
export type NextAction = "contact" | "nurture" | "research" | "disqualify";

/** A limit that stands whatever else speaks for a lead, or whoever else scores it. */
export interface ScoreCap {
  readonly max: number;
  readonly reason: string;
}

/** What the rules of a profile say about a lead. Plain data. */
export interface RulesScore {
  /** Whole, 0–100. */
  readonly score: number;
  readonly tier: string;
  /** Share of the weight whose fields are known, 0–1, two decimals. */
  readonly confidence: number;
  /** True when the next action is `contact`. */
  readonly qualified: boolean;
  /** Name of the criterion that rules the lead out. */
  readonly disqualifiedBy?: string;
  readonly cap?: ScoreCap;
  /** The score if all that is unknown turned out well; whole, 0–100. */
  readonly bestScore: number;
  /** In the order of the profile. */
  readonly criteria: readonly CriterionScore[];
  /** Heaviest first. */
  readonly missing: readonly MissingField[];
  readonly nextAction: NextAction;
  readonly nextActionReason: string;
}
