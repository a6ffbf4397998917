import type { CallOptions } from "../call-options.js";
import type { JsonValue } from "../json.js";
import type { Page, PageRequest } from "./page.js";

/** `used`: what was approved has been done; it is never done again by the same approval. */
export type ApprovalStatus = "pending" | "approved" | "refused" | "expired" | "used";

/** A person's leave for one call of one tool with these very arguments. */
export interface ApprovalRecord {
  readonly id: string;
  readonly agent: string;
  readonly tool: string;
  readonly callId: string;
  readonly runId?: string;
  /** SHA-256 of the canonical arguments, base64url. */
  readonly argumentsHash: string;
  readonly arguments: JsonValue;
  readonly status: ApprovalStatus;
  /** Who decided: a person that the host has identified. */
  readonly decidedBy?: string;
  readonly decidedAt?: string;
  readonly reason?: string;
  /** What the person changed the arguments to; this is what runs. */
  readonly editedArguments?: JsonValue;
  /** As `argumentsHash`, of the edited ones; `use` asks for this one then. */
  readonly editedArgumentsHash?: string;
  readonly requestedAt: string;
  /** ISO 8601 in UTC; from then on it can be neither decided nor used. */
  readonly expiresAt: string;
}

/** Approvals of one tenant. */
export interface ApprovalStore {
  readonly port: "approval-store/1";
  /** @returns The record that stands: this one, or the one of the same id that was requested before. */
  request(
    approval: Omit<
      ApprovalRecord,
      "status" | "decidedBy" | "decidedAt" | "reason" | "editedArguments" | "editedArgumentsHash"
    >,
    call?: CallOptions,
  ): Promise<ApprovalRecord>;
  /**
   * Decides one that is pending and not expired, once. Edited arguments come with their hash, and with an approval.
   *
   * @returns The record, or nothing when it can't be decided any more.
   */
  decide(
    id: string,
    decision: {
      readonly status: "approved" | "refused";
      readonly by: string;
      readonly reason?: string;
      readonly editedArguments?: JsonValue;
      readonly editedArgumentsHash?: string;
    },
    call?: CallOptions,
  ): Promise<ApprovalRecord | undefined>;
  /**
   * Uses one up that is approved, not expired, and whose arguments have this hash: the edited ones, where a person edited them.
   *
   * @returns Nothing when it can't be used.
   */
  use(id: string, argumentsHash: string, call?: CallOptions): Promise<ApprovalRecord | undefined>;
  /** One that is pending or approved is read, and listed, as expired from `expiresAt` on. */
  get(id: string, call?: CallOptions): Promise<ApprovalRecord | undefined>;
  /** Latest request first. */
  list(
    filter?: { readonly status?: ApprovalStatus; readonly runId?: string },
    page?: PageRequest,
    call?: CallOptions,
  ): Promise<Page<ApprovalRecord>>;
}
