/** One criterion of one lead, as a report shows it. */
export interface ReportCriterion {
  readonly label: string;
  /** Such as `met`, `partly`, `missed`, `unknown`. */
  readonly outcome: string;
  readonly points: number;
  readonly maxPoints: number;
  readonly evidence: string;
}

/** One lead, as a report shows it. */
export interface ReportLead {
  readonly name: string;
  readonly domain: string;
  readonly country: string;
  readonly score: number;
  readonly tier: string;
  /** 0–1. */
  readonly confidence: number;
  readonly engine: string;
  readonly nextAction: string;
  readonly reasons: readonly string[];
  readonly missing: readonly string[];
  readonly criteria: readonly ReportCriterion[];
}

/** A report on one file of leads. */
export interface ReportData {
  readonly source: string;
  readonly profile: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly rows: number;
  readonly imported: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly scored: number;
  /** How many leads each engine scored. */
  readonly engines: Readonly<Record<string, number>>;
  /** Absent when a price is unknown. */
  readonly costUsd?: number;
  /** Leads by score: 0–9, 10–19 … 90–100. */
  readonly histogram: readonly number[];
  /** Leads by tier, best first. */
  readonly tiers: readonly { readonly name: string; readonly count: number }[];
  /** Best first; the report may hold fewer than were scored. */
  readonly leads: readonly ReportLead[];
}
