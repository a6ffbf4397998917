import type { CallOptions } from "../call-options.js";
import type { JsonObject } from "../json.js";
import type { Page, PageRequest } from "./page.js";

/** Something that is known of somebody or something, kept for later conversations. */
export interface FactRecord {
  /** 1–400 characters; unique for its tenant. */
  readonly id: string;
  /** Whom or what it is about, such as `person:bo@figma.example` or `company:figma.com`; 1–400 characters. */
  readonly subject: string;
  /** One sentence, 1–10,000 characters. */
  readonly text: string;
  /** The conversation that it was learnt in. */
  readonly threadId?: string;
  readonly runId?: string;
  readonly data?: JsonObject;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  /** ISO 8601 in UTC; from then on the fact is not found. */
  readonly expiresAt?: string;
}

export interface FactFilter {
  readonly subject?: string | undefined;
  readonly threadId?: string | undefined;
}

/** What one tenant's agents know. */
export interface FactStore {
  readonly port: "fact-store/1";
  /**
   * Replaces facts of the same id whole; all or none. Of one id the last fact counts. A fact that is replaced keeps its place
   * among facts of the same creation.
   */
  putMany(facts: readonly FactRecord[], call?: CallOptions): Promise<void>;
  /** Latest creation first; of equal ones, the one stored last. */
  list(filter?: FactFilter, page?: PageRequest, call?: CallOptions): Promise<Page<FactRecord>>;
  /** Passes over ids that are not there. */
  remove(ids: readonly string[], call?: CallOptions): Promise<void>;
}
