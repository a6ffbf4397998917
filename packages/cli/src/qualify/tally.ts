import type { RunSummary } from "@salesagent/core";
import type { ReportLead } from "../render/report-data.js";
import { displayName, type QualifiedRow, type RejectedRow } from "./qualified-row.js";
import { Served } from "./served.js";

/** What a whole pass came to. */
export interface PassSummary {
  readonly rows: number;
  readonly imported: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** Leads that an interrupted run stored. */
  readonly resumed: number;
  /** Different leads with a score. */
  readonly scored: number;
  readonly reused: number;
  readonly engines: Readonly<Record<string, number>>;
  readonly degraded: Readonly<Record<string, number>>;
  /** Tries at models in this pass, failed ones too. */
  readonly modelCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** What this pass spent on models. Absent when a price is unknown. */
  readonly costUsd?: number;
}

/** Gathers what rows bring: counts, and the best leads. Memory grows by an id for each lead, no more. */
export class Tally {
  readonly #limit: number;
  readonly #seen = new Set<string>();
  readonly #best: ReportLead[] = [];
  readonly #tiers = new Map<string, number>();
  readonly #engines: Record<string, number> = {};
  readonly #degraded: Record<string, number> = {};
  /** Which model served what. */
  readonly served = new Served();
  readonly histogram: number[] = new Array<number>(10).fill(0);
  #imported = 0;
  #duplicates = 0;
  #rejected = 0;
  #resumed = 0;
  #reused = 0;
  #modelCalls = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  #costUsd = 0;
  #unpriced = false;

  /** @param limit - How many of the best leads are kept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get rows(): number {
    return this.#imported + this.#duplicates + this.#rejected;
  }

  /** Best first. */
  get best(): readonly ReportLead[] {
    return this.#best;
  }

  /** Leads by tier, in the order of the names. */
  get tiers(): { readonly name: string; readonly count: number }[] {
    return [...this.#tiers]
      .map(([name, count]) => ({ name, count }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  add(row: QualifiedRow | RejectedRow): void {
    if (row.status === "rejected") {
      this.#rejected++;
      return;
    }
    if (row.status === "imported") this.#imported++;
    else if (row.status === "duplicate") this.#duplicates++;
    else this.#resumed++;
    if (this.#seen.has(row.leadId)) return;
    this.#seen.add(row.leadId);
    this.#count(row);
    this.#rank(toReportLead(row));
  }

  summary(): PassSummary {
    return {
      rows: this.rows,
      imported: this.#imported,
      duplicates: this.#duplicates,
      rejected: this.#rejected,
      resumed: this.#resumed,
      scored: this.#seen.size,
      reused: this.#reused,
      engines: this.#engines,
      degraded: this.#degraded,
      modelCalls: this.#modelCalls,
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      ...(this.#unpriced ? {} : { costUsd: this.#costUsd }),
    };
  }

  #count({ result, took, attempts = [] }: QualifiedRow): void {
    const bucket = Math.min(9, Math.floor(result.score / 10));
    this.histogram[bucket] = (this.histogram[bucket] ?? 0) + 1;
    this.#tiers.set(result.tier, (this.#tiers.get(result.tier) ?? 0) + 1);
    increment(this.#engines, result.engine);
    this.served.add(attempts);
    if (result.degraded) increment(this.#degraded, result.degraded.code);
    if (took) this.#countSpent(took);
    else this.#reused++;
  }

  #countSpent({ costUsd, modelCalls, usage }: RunSummary): void {
    this.#modelCalls += modelCalls;
    this.#inputTokens += usage.inputTokens ?? 0;
    this.#outputTokens += usage.outputTokens ?? 0;
    if (costUsd === undefined) this.#unpriced = true;
    else this.#costUsd += costUsd;
  }

  /** Keeps the list sorted; a lead that is worse than all of a full list costs one comparison. */
  #rank(lead: ReportLead): void {
    const last = this.#best[this.#best.length - 1];
    if (this.#best.length >= this.#limit && last && !isBetter(lead, last)) return;
    let low = 0;
    let high = this.#best.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#best[middle];
      if (other && isBetter(lead, other)) high = middle;
      else low = middle + 1;
    }
    this.#best.splice(low, 0, lead);
    if (this.#best.length > this.#limit) this.#best.pop();
  }
}

function increment(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

function isBetter(left: ReportLead, right: ReportLead): boolean {
  if (left.score !== right.score) return left.score > right.score;
  if (left.confidence !== right.confidence) return left.confidence > right.confidence;
  return left.name < right.name;
}

function toReportLead(row: QualifiedRow): ReportLead {
  const { result, company } = row;
  return {
    name: displayName(row),
    domain: company.domain ?? "",
    country: company.country ?? "",
    score: result.score,
    tier: result.tier,
    confidence: result.confidence,
    engine: result.model ?? result.engine,
    nextAction: `${result.nextAction}: ${result.nextActionReason}`,
    reasons: result.reasons,
    missing: result.missing,
    criteria: result.criteria,
    attempts: row.attempts ?? [],
  };
}
