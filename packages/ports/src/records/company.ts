import type { FieldProvenance } from "./provenance.js";

/** A count that is often known only as a range, such as 51–200. `max` absent means "or more". */
export interface NumberRange {
  readonly min: number;
  readonly max?: number;
}

/** What may be known of a company. Every field is in its normal form; what is not known is absent. */
export interface CompanyFields {
  readonly name?: string;
  /** Registrable domain in lower case, such as `figma.com`. Never a directory's or a mail provider's. */
  readonly domain?: string;
  readonly website?: string;
  /** The company's page in some directory: identifies it, but is not its site. */
  readonly profileUrl?: string;
  readonly linkedinUrl?: string;
  readonly industry?: string;
  readonly subIndustries?: readonly string[];
  readonly description?: string;
  readonly keywords?: readonly string[];
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country?: string;
  readonly region?: string;
  readonly city?: string;
  readonly address?: string;
  /** People who work there. */
  readonly employees?: NumberRange;
  readonly foundedYear?: number;
  /** USD a year. */
  readonly revenueUsd?: NumberRange;
  /** USD raised in all. */
  readonly fundingUsd?: number;
  readonly fundingStage?: string;
  readonly technologies?: readonly string[];
  readonly status?: "active" | "inactive" | "acquired" | "public";
  /** E.164. */
  readonly phone?: string;
}

/** A company, with the source of each field. */
export interface Company extends CompanyFields {
  readonly provenance: FieldProvenance<CompanyFields>;
}
