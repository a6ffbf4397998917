import type { JsonObject } from "../json.js";
import type { Company } from "./company.js";
import type { Contact } from "./contact.js";

/** Where a lead stands. */
export type LeadStage = "new" | "qualified" | "disqualified" | "contacted" | "won" | "lost";

/** A lead before it is stored. */
export interface LeadDraft {
  readonly company: Company;
  readonly contact?: Contact;
  /** @defaultValue "new" */
  readonly stage?: LeadStage;
  /** Where the lead as a whole came from, such as `csv:leads.csv`. */
  readonly source: string;
  /** Columns of the source that map to no field, by their header. */
  readonly custom?: JsonObject;
  /**
   * What makes two leads one, strongest first, such as `domain:figma.com`, `email:ada@figma.com`, `name:figma|us`.
   * Within a tenant no two leads share a key. At least one.
   */
  readonly keys: readonly string[];
}

/** A stored lead. */
export interface Lead extends LeadDraft {
  readonly id: string;
  readonly stage: LeadStage;
  readonly custom: JsonObject;
  /** Changes with each write; opaque. */
  readonly revision: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}
