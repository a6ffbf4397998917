import type { AmountFieldPath, ChoiceFieldPath, FieldPath, TextFieldPath } from "./field-path.js";

/** What every criterion may say. At most one of `required`, `negative` and `exclude` is true. */
export interface CriterionBase {
  /** Unique in its profile. */
  readonly name: string;
  /** For people. @defaultValue the name */
  readonly label?: string | undefined;
  /** How much it counts beside the others, 0.001–1000. Not used by `exclude`, and refused there. @defaultValue 1 */
  readonly weight?: number | undefined;
  /** A lead that is known to miss it is disqualified; while it is unknown, the lead neither qualifies nor reaches the top tier. */
  readonly required?: boolean | undefined;
  /** Takes its points away where it applies, instead of giving them. */
  readonly negative?: boolean | undefined;
  /** Disqualifies where it fully applies, whatever else is true. */
  readonly exclude?: boolean | undefined;
}

/** How far outside its bounds a `range` still gives something, in units of the field. */
export interface Falloff {
  /** @defaultValue 0 */
  readonly below?: number | undefined;
  /** @defaultValue 0 */
  readonly above?: number | undefined;
}

/**
 * An amount between two bounds, both included; at least one is given. An amount known as a range itself gives the share
 * of it that lies inside. Outside, points fall evenly to nothing over `falloff`.
 */
export interface RangeCriterion extends CriterionBase {
  readonly kind: "range";
  readonly field: AmountFieldPath;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** One number counts for both sides. @defaultValue 0 */
  readonly falloff?: number | Falloff | undefined;
}

/** One of some values, case and accents aside. Country fields also take names and groups: `Germany`, `EU`, `DACH`. */
export interface OneOfCriterion extends CriterionBase {
  readonly kind: "one-of";
  readonly field: ChoiceFieldPath;
  readonly values: readonly string[];
  /** Values that give half the points. @defaultValue none */
  readonly partly?: readonly string[] | undefined;
}

/** How many of the listed things it takes: one, every one, or a number of them. Fewer give their share of the points. */
export type MatchRule = "any" | "all" | number;

/** Words or phrases in texts, whole words only, case and accents aside. A `*` at the end takes any ending: `pay*`. */
export interface KeywordsCriterion extends CriterionBase {
  readonly kind: "keywords";
  /** Read together; unknown only when none of them is known. The most telling first. */
  readonly fields: readonly TextFieldPath[];
  readonly words: readonly string[];
  /** @defaultValue "any" */
  readonly match?: MatchRule | undefined;
}

/** Something is known at all, such as a domain or a way to reach the contact. */
export interface PresentCriterion extends CriterionBase {
  readonly kind: "present";
  /** One of them is enough. The usual one first. */
  readonly fields: readonly FieldPath[];
}

/** Products in `company.technologies`, by name; case, accents, spaces, dots and hyphens aside: `Node.js` is `nodejs`. */
export interface TechnologyCriterion extends CriterionBase {
  readonly kind: "technology";
  readonly uses: readonly string[];
  /** @defaultValue "any" */
  readonly match?: MatchRule | undefined;
}

/** One thing that speaks for or against a lead. */
export type Criterion =
  | RangeCriterion
  | OneOfCriterion
  | KeywordsCriterion
  | PresentCriterion
  | TechnologyCriterion;

/** What a criterion looks at. */
export type CriterionKind = Criterion["kind"];

/** A band of scores. */
export interface TierBand {
  readonly name: string;
  /** The lowest score of the tier; whole, 0–100. */
  readonly min: number;
}

/** The customer that a seller looks for, as data: it can be stored, edited, sent and compared. */
export interface IdealCustomerProfile {
  readonly name: string;
  readonly description?: string | undefined;
  /** At least one gives points, which `negative` and `exclude` do not. */
  readonly criteria: readonly Criterion[];
  /** Best first, thresholds falling, the last at 0; at least two. @defaultValue A from 75, B from 50, C from 25, D */
  readonly tiers?: readonly TierBand[] | undefined;
  /** The lowest tier that counts as qualified. @defaultValue the lowest tier that starts at 50 or more, else the top tier */
  readonly qualifyFrom?: string | undefined;
  /** Share of its points that an unknown criterion counts for, 0–1; below the top tier's threshold. @defaultValue 0.4 */
  readonly prior?: number | undefined;
  /** Confidence, 0–1, below which no lead reaches the top tier and a promising one is to be researched. @defaultValue 0.5 */
  readonly minConfidence?: number | undefined;
}
