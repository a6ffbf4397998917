import type { CallOptions } from "../call-options.js";
import type { JsonValue } from "../json.js";
import type { Page, PageRequest } from "./page.js";
import type { StoredError } from "./run-store.js";

/** A request that came to a webhook and was proved genuine, kept until it is handled. */
export interface InboxEntry {
  /** 1–400 characters; sorts by time. */
  readonly id: string;
  /** From where, such as a CRM's connection. */
  readonly source: string;
  /** The same for a request that comes twice; unique with the source. 1–400 characters. */
  readonly key: string;
  /** The raw body, base64. */
  readonly body: string;
  /** What it says, as its reader took it. */
  readonly hints: JsonValue;
  readonly status: "received" | "handled" | "failed";
  readonly attempts: number;
  readonly error?: StoredError;
  /** ISO 8601 in UTC. */
  readonly receivedAt: string;
  readonly handledAt?: string;
}

/** Requests to the webhooks of one tenant. */
export interface InboxStore {
  readonly port: "inbox-store/1";
  /** @returns False when one of this source and key, or of this id, is there already; nothing changes then. */
  put(
    entry: Pick<InboxEntry, "id" | "source" | "key" | "body" | "hints" | "receivedAt">,
    call?: CallOptions,
  ): Promise<boolean>;
  /**
   * Takes entries that were received and not handled, oldest first, for one worker at a time until its lease is over; each counts
   * as an attempt.
   *
   * @param want.leaseMs - Whole number, 0–86,400,000. @param want.limit - 1–1,000.
   */
  claim(
    want: { readonly source: string; readonly leaseMs: number; readonly limit: number },
    call?: CallOptions,
  ): Promise<readonly InboxEntry[]>;
  /**
   * Says how it went. `received`: to be tried again from a time on. An entry that is handled loses its body and its error.
   *
   * @returns False when it is not there or not to be handled any more.
   */
  settle(
    id: string,
    outcome:
      | { readonly status: "handled" }
      | { readonly status: "failed"; readonly error: StoredError }
      | { readonly status: "received"; readonly error: StoredError; readonly retryAt: string },
    call?: CallOptions,
  ): Promise<boolean>;
  /** Latest first. */
  list(
    filter?: { readonly source?: string | undefined; readonly status?: InboxEntry["status"] | undefined },
    page?: PageRequest,
    call?: CallOptions,
  ): Promise<Page<InboxEntry>>;
}
