import type { InboxEntry, InboxStore } from "../stores/inbox-store.js";
import { toInstant } from "./field-rules.js";
import { checkClaim, toNormalError, toNormalName } from "./link-rules.js";
import { toNormalId } from "./shared-records.js";
import { toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

/** An entry as it comes. */
export type InboxDraft = Parameters<InboxStore["put"]>[0];
/** How it went with an entry. */
export type InboxOutcome = Parameters<InboxStore["settle"]>[1];

type InboxWant = Parameters<InboxStore["claim"]>[0];

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** @throws `store.invalid`. */
export function toNormalInboxDraft({ id, source, key, body, hints, receivedAt }: InboxDraft): InboxDraft {
  if (hints === undefined) throw invalidValue("inbox", "entry.hints", "it is not JSON; nothing is null");
  return Object.freeze({
    id: toNormalId("inbox", "entry.id", id),
    source: toNormalName("inbox", "entry.source", source),
    key: toNormalId("inbox", "entry.key", key),
    body: toBase64Text("inbox", "entry.body", body),
    hints: toStorable("inbox", "entry.hints", hints),
    receivedAt: toInstant("inbox", "entry.receivedAt", receivedAt),
  });
}

/** @throws `store.invalid`. */
export function toNormalInboxWant({ source, leaseMs, limit }: InboxWant): InboxWant {
  checkClaim("inbox", { leaseMs, limit });
  return { source: toNormalName("inbox", "want.source", source), leaseMs, limit };
}

/** @throws `store.invalid`. */
export function toNormalInboxOutcome(outcome: InboxOutcome): InboxOutcome {
  const toError = (error: NonNullable<InboxEntry["error"]>) => toNormalError("inbox", "outcome.error", error);
  switch (outcome.status) {
    case "handled":
      return { status: "handled" };
    case "failed":
      return { status: "failed", error: toError(outcome.error) };
    case "received": {
      const retryAt = toInstant("inbox", "outcome.retryAt", outcome.retryAt);
      return { status: "received", error: toError(outcome.error), retryAt };
    }
    default:
      throw invalidValue("inbox", "outcome.status", "it is not one of handled, failed, received");
  }
}

/** Checks that a text is base64, with its padding. @throws `store.invalid`. */
export function toBase64Text(store: string, field: string, text: string): string {
  if (typeof text !== "string" || text.length % 4 !== 0 || !BASE64.test(text)) {
    throw invalidValue(store, field, "it is not base64");
  }
  return text;
}
