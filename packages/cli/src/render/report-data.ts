/** One criterion of one lead, as a report shows it. */
export interface ReportCriterion {
  readonly label: string;
  /** Such as `met`, `partly`, `missed`, `unknown`. */
  readonly outcome: string;
  readonly points: number;
  readonly maxPoints: number;
  readonly evidence: string;
}

/** One try at a model, as a report shows it. */
export interface ReportAttempt {
  /** As `provider/model`. */
  readonly model: string;
  /** Why it was made: `first`, `retry`, `failover`, `hedge` or `continuation`. */
  readonly purpose: string;
  readonly outcome: "completed" | "failed" | "aborted";
  readonly errorCode?: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Absent when the price is unknown. */
  readonly costUsd?: number;
  /** The vendor did not tell the usage. */
  readonly estimated: boolean;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly latencyMs: number;
}

/** What one model did in a pass. */
export interface ServedModel {
  /** As `provider/model`. */
  readonly model: string;
  readonly attempts: number;
  readonly completed: number;
  readonly failed: number;
  readonly aborted: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Absent when a price is unknown. */
  readonly costUsd?: number;
  /** The part of the cost that is estimated, since the vendor did not tell the usage. */
  readonly estimatedUsd: number;
  /** How often it failed with which code. */
  readonly errors: Readonly<Record<string, number>>;
  /** At the end of the pass: `closed`, `open` or `half-open`; absent without a router. */
  readonly breaker?: string;
}

/** Which models served a pass, and when. */
export interface ServedReport {
  /** In the order of their first attempt. */
  readonly models: readonly ServedModel[];
  /** Attempts in the order in which leads were done. */
  readonly timeline: readonly Pick<ReportAttempt, "model" | "outcome" | "startedAtMs" | "latencyMs">[];
  /** Attempts that the timeline leaves out, since it holds no more. */
  readonly omitted: number;
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
  /** Every try at a model that this pass made for the lead. */
  readonly attempts: readonly ReportAttempt[];
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
  /** Absent when no model was asked. */
  readonly served?: ServedReport;
  /** The models' answers are simulated. @defaultValue false */
  readonly simulated?: boolean;
}
