import type { CompanyFields } from "../records/company.js";
import type { ContactFields } from "../records/contact.js";

/** What a CRM holds, as far as it is kept in step. */
export type CrmKind = "contact" | "company" | "deal" | "activity";

/** A person in a CRM. */
export interface CrmContactFields extends ContactFields {
  /** Addresses beside the first one, in lower case. */
  readonly otherEmails?: readonly string[];
  /** Numbers beside the first one. */
  readonly otherPhones?: readonly string[];
  /** The CRM's id of the user who looks after them. */
  readonly ownerId?: string;
  /** They don't want mail. */
  readonly optedOut?: boolean;
}

/** A company in a CRM. */
export interface CrmCompanyFields extends CompanyFields {
  readonly ownerId?: string;
}

/** A deal in a CRM. */
export interface CrmDealFields {
  readonly name?: string;
  /** A whole number of the currency's smallest unit, such as cents. */
  readonly amountMinor?: number;
  /** ISO 4217, such as `USD`. */
  readonly currency?: string;
  /** The CRM's id of the pipeline and of the stage in it. */
  readonly pipelineId?: string;
  readonly stageId?: string;
  readonly status?: "open" | "won" | "lost";
  /** 0–100. */
  readonly probability?: number;
  /** A day of the calendar, `YYYY-MM-DD`, in no time zone. */
  readonly closeDate?: string;
  readonly ownerId?: string;
}

/** Something that was done, or is to be done, with somebody. */
export interface CrmActivityFields {
  readonly type?: "note" | "task" | "call" | "email" | "meeting";
  readonly subject?: string;
  readonly body?: string;
  /** When it happened, ISO 8601 in UTC. */
  readonly at?: string;
  /** When a task is due, ISO 8601 in UTC. */
  readonly dueAt?: string;
  readonly done?: boolean;
  readonly direction?: "in" | "out";
  readonly ownerId?: string;
}

/** The fields of each kind, in normal form; what is not known is absent. */
export interface CrmFields {
  readonly contact: CrmContactFields;
  readonly company: CrmCompanyFields;
  readonly deal: CrmDealFields;
  readonly activity: CrmActivityFields;
}
