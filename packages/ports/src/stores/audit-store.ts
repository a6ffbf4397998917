import type { CallOptions } from "../call-options.js";
import type { JsonObject } from "../json.js";
import type { Page, PageRequest } from "./page.js";

/** One decision or effect, on record for ever. */
export interface AuditRecord {
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** Who acted, such as `agent:qualification` or `user:42`. */
  readonly actor: string;
  /** Noun-verb, such as `lead-qualified` or `tool-called`. */
  readonly action: string;
  /** What it was done to, such as `lead:01J…`. */
  readonly subject: string;
  readonly runId?: string;
  readonly facts: JsonObject;
}

export interface AuditFilter {
  readonly subject?: string | undefined;
  readonly action?: string | undefined;
  readonly runId?: string | undefined;
}

/** The audit trail of one tenant. It only grows. */
export interface AuditStore {
  readonly port: "audit-store/1";
  /** A record whose id is stored already is passed over. */
  addMany(records: readonly AuditRecord[], call?: CallOptions): Promise<void>;
  /** In the order in which they were stored. */
  list(filter?: AuditFilter, page?: PageRequest, call?: CallOptions): Promise<Page<AuditRecord>>;
}
