import {
  type QualificationAgent,
  type QualificationInput,
  type QualificationResult,
  readQualification,
} from "@salesagent/agents";
import type { RunResult } from "@salesagent/core";
import type { LeadDraft, ResultRecord, TenantStores } from "@salesagent/ports";
import { attemptsOf } from "./attempts-of.js";
import type { LiveView } from "./live-view.js";
import { displayName, type QualifiedRow } from "./qualified-row.js";

/** A lead of the file that is stored, and waits for its score. */
export interface PendingLead {
  readonly row?: number;
  readonly status: QualifiedRow["status"];
  readonly leadId: string;
  /** As the file has it; of a duplicate the stored lead counts. */
  readonly draft: LeadDraft;
}

/** What qualifying takes. */
export interface QualifierOptions {
  readonly agent: QualificationAgent;
  readonly stores: TenantStores;
  readonly tenant: string;
  /** Qualify also where a result of the same set-up is stored. */
  readonly again: boolean;
  readonly view: LiveView | undefined;
  /** Tokens come as they are written also when nobody watches. */
  readonly streamed: boolean;
  readonly signal: AbortSignal;
}

/** Failures that the next lead would meet too: going on would only hide them. */
const HOPELESS: ReadonlySet<string> = new Set([
  "model.auth",
  "model.not_found",
  "model.unreachable",
  "model.malformed_response",
  "model.bad_request",
  "model.quota_exhausted",
  "router.no_candidate",
  "router.exhausted",
]);

/** The model that was asked for can't be used at all. */
class ModelUnusableError extends Error {
  override readonly name: string = "ModelUnusableError";
}

/** Scores leads one at a time, or takes the stored result of the same set-up. */
export class LeadQualifier {
  readonly #options: QualifierOptions;
  readonly #underWay = new Map<string, Promise<unknown>>();
  #modelAnswered = false;

  constructor(options: QualifierOptions) {
    this.#options = options;
  }

  /** @throws ModelUnusableError when the first answers show that the model can't be used. */
  async qualify(pending: PendingLead): Promise<QualifiedRow> {
    const { leadId } = pending;
    // A duplicate that follows closely takes the result of the row before it, instead of a second run.
    for (let other = this.#underWay.get(leadId); other; other = this.#underWay.get(leadId)) {
      await other.catch(() => {});
    }
    const work = this.#qualifyOne(pending);
    this.#underWay.set(leadId, work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(leadId);
    }
  }

  async #qualifyOne(pending: PendingLead): Promise<QualifiedRow> {
    const { draft, ...lead } = pending;
    const stored = pending.status === "imported" ? undefined : await this.#storedResult(pending.leadId);
    if (stored) return { ...lead, company: draft.company, result: stored };
    const input = pending.status === "duplicate" ? await this.#storedLead(pending) : draft;
    const { output, summary } = await this.#run(input, pending);
    this.#refuseHopeless(output);
    const attempts = summary.modelCalls === 0 ? [] : await attemptsOf(summary.runId, this.#options);
    return { ...lead, company: input.company, result: output, took: summary, attempts };
  }

  async #run(input: QualificationInput, pending: PendingLead): Promise<RunResult<QualificationResult>> {
    const { agent, tenant, signal, view, streamed } = this.#options;
    const { leadId } = pending;
    const delivery = view || streamed ? "streamed" : "whole";
    const run = agent.run(input, { tenant, leadId, signal, delivery });
    if (!view) return run.result();
    const key = view.open(displayName({ company: pending.draft.company }));
    try {
      for await (const event of run) view.event(key, event);
      return await run.result();
    } finally {
      view.close(key);
    }
  }

  async #storedResult(leadId: string): Promise<QualificationResult | undefined> {
    const { agent, stores, again } = this.#options;
    if (again) return undefined;
    const record = await stores.results.latest(leadId, "qualification");
    return record && toResult(record, await agent.key());
  }

  async #storedLead({ leadId, draft }: PendingLead): Promise<LeadDraft> {
    return (await this.#options.stores.leads.get(leadId)) ?? draft;
  }

  #refuseHopeless({ engine, degraded }: QualificationResult): void {
    if (engine === "model") this.#modelAnswered = true;
    if (!degraded || this.#modelAnswered || !HOPELESS.has(degraded.code)) return;
    throw new ModelUnusableError(
      `${degraded.message} (${degraded.code}) The leads read so far are kept; run again without --model to score by rules alone.`,
    );
  }
}

/** A stored result, where it was made by the same profile, model and policy, with no model missing. */
function toResult(record: ResultRecord, key: string): QualificationResult | undefined {
  const result = readQualification(record);
  return result?.key === key && result.degraded === undefined ? result : undefined;
}
