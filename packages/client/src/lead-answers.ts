import type { JsonObject, StoredError } from "./shared-answers.js";
import type { JsonValue } from "./stream-event.js";

/** A lead's company or contact: fields of the app's records, and where each is from. */
export interface Lead {
  readonly id: string;
  readonly company: JsonObject;
  readonly contact?: JsonObject;
  readonly stage: "new" | "qualified" | "disqualified" | "contacted" | "won" | "lost";
  readonly source: string;
  readonly custom: JsonObject;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A lead as a list shows it. */
export interface FoundLead extends Lead {
  /** The newest, in short; absent where nobody has qualified it. */
  readonly qualification?: {
    /** 0–100. */
    readonly score?: number;
    readonly tier?: string;
    readonly createdAt: string;
  };
}

export interface LeadFilter {
  readonly stage?: Lead["stage"];
  readonly source?: string;
  /**
   * Up to 8 words, 200 characters: each begins a word of the company's name or domain, or of the contact's name or e-mail address.
   * Case does not count.
   */
  readonly search?: string;
  /** Of the newest qualification, 0–100, inclusive; leads without a score are left out. */
  readonly minScore?: number;
  readonly maxScore?: number;
  /** `score`: the highest first, without leads that have none. @defaultValue "stored" */
  readonly order?: "stored" | "score";
}

/** What an agent found out about a lead. */
export interface LeadResult {
  readonly id: string;
  readonly kind: "qualification" | "enrichment";
  readonly leadId: string;
  readonly runId?: string;
  readonly score?: number;
  readonly tier?: string;
  /** The whole result, in the shape of the agent's output. */
  readonly data: JsonObject;
  readonly createdAt: string;
}

export interface LeadWithResults extends Lead {
  /** The latest of each kind. */
  readonly results: readonly LeadResult[];
}

/** A lead in a few words: a company by name, and what else is known of it; or the id of a stored one. */
export type LeadGiven =
  | { readonly leadId: string }
  | {
      readonly company: string;
      readonly contact?: object;
      readonly custom?: object;
      readonly [fact: string]: unknown;
    };

export interface Qualified {
  /** `known`: a lead of one of its keys stood already, and stands as it was. */
  readonly lead: { readonly id: string; readonly status: "stored" | "known" };
  readonly runId: string;
  /** Score, tier, reasons, evidence, engine and cost. */
  readonly result: JsonValue;
}

export interface NotQualified {
  readonly lead?: Qualified["lead"];
  readonly error: StoredError;
}

/** How far an import is: what the server has read, and what became of it. */
export interface ImportProgress {
  /** Of the file. */
  readonly bytes: number;
  readonly rows: number;
  readonly imported: number;
  readonly duplicates: number;
  readonly rejected: number;
}

/** What became of the rows of a file. */
export interface ImportOutcome {
  readonly importId: string;
  readonly source: string;
  readonly rows: number;
  readonly imported: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly rejectedRows: readonly { readonly row: number; readonly reason: string }[];
  readonly mapping: readonly { readonly column: string; readonly target: string }[];
  readonly warnings: readonly { readonly message: string; readonly row?: number }[];
}
