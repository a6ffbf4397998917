import type { CallOptions } from "../call-options.js";
import type { JsonObject } from "../json.js";
import type { Page, PageRequest } from "./page.js";
import type { RecordKind } from "./record-store.js";
import type { StoredError } from "./run-store.js";

/** Something that a sync could not do, kept for a person. */
export interface DeadLetter {
  /** 1–400 characters. */
  readonly id: string;
  readonly connection: string;
  readonly kind: RecordKind;
  readonly recordId?: string;
  readonly crmId?: string;
  /** What was tried, such as `create` or `pull`. */
  readonly operation: string;
  /** What was to be written; it may hold personal data. */
  readonly payload: JsonObject;
  readonly error: StoredError;
  /** Earlier failures of the same, oldest first; the last 20. */
  readonly history: readonly { readonly at: string; readonly error: StoredError }[];
  readonly status: "open" | "replayed" | "dropped";
  /** ISO 8601 in UTC. */
  readonly addedAt: string;
  readonly updatedAt: string;
  /** Who replayed or dropped it. */
  readonly endedBy?: string;
}

export interface DeadLetterFilter {
  readonly connection?: string | undefined;
  readonly kind?: RecordKind | undefined;
  readonly recordId?: string | undefined;
  readonly status?: DeadLetter["status"] | undefined;
}

/** Dead letters of one tenant. */
export interface DeadLetterStore {
  readonly port: "dead-letter-store/1";
  /**
   * Adds a letter. Where one is open for the same connection, kind, record (or CRM's id, without a record) and operation, that
   * one takes the new payload, error and `addedAt` (as its `updatedAt`), and its own error goes to its history. A letter whose id
   * is there already is not added again.
   *
   * @returns The letter that stands.
   */
  add(
    letter: Omit<DeadLetter, "history" | "status" | "updatedAt" | "endedBy">,
    call?: CallOptions,
  ): Promise<DeadLetter>;
  get(id: string, call?: CallOptions): Promise<DeadLetter | undefined>;
  /** @returns False when it is not open. */
  end(
    id: string,
    status: "replayed" | "dropped",
    by: string | undefined,
    call?: CallOptions,
  ): Promise<boolean>;
  /** Latest first. */
  list(filter?: DeadLetterFilter, page?: PageRequest, call?: CallOptions): Promise<Page<DeadLetter>>;
  count(filter?: DeadLetterFilter, call?: CallOptions): Promise<number>;
}
