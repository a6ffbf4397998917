import type { CallOptions } from "../call-options.js";
import type { JsonObject } from "../json.js";
import type { Page, PageRequest } from "./page.js";

/** What an agent found out about a lead. */
export interface ResultRecord {
  readonly id: string;
  readonly kind: "qualification" | "enrichment";
  readonly leadId: string;
  readonly runId?: string;
  /** 0–100; of a qualification. */
  readonly score?: number;
  readonly tier?: string;
  /** The whole result, in the shape of the agent's output schema. */
  readonly data: JsonObject;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

export interface ResultFilter {
  readonly kind?: ResultRecord["kind"] | undefined;
  readonly leadId?: string | undefined;
}

/** Results of one tenant. A lead keeps all its results; the latest counts. */
export interface ResultStore {
  readonly port: "result-store/1";
  /** A result whose id is stored already is passed over. */
  addMany(results: readonly ResultRecord[], call?: CallOptions): Promise<void>;
  latest(leadId: string, kind: ResultRecord["kind"], call?: CallOptions): Promise<ResultRecord | undefined>;
  /** Latest first. */
  list(filter?: ResultFilter, page?: PageRequest, call?: CallOptions): Promise<Page<ResultRecord>>;
}
