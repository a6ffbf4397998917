import type { ThreadSummary } from "../stores/message-store.js";
import { checkWhole, toInstant } from "./field-rules.js";
import { toStorable } from "./storable.js";

const MOST_MESSAGES = 1000;

/** Which of the last messages to read, with nothing left out. */
export interface NormalLatest {
  readonly limit: number;
  readonly from: number;
}

/** @throws RangeError when `want.limit` is not a whole number from 1 to 1,000; `store.invalid` for `want.from`. */
export function toNormalLatest({
  limit,
  from = 0,
}: {
  readonly limit: number;
  readonly from?: number | undefined;
}): NormalLatest {
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_MESSAGES) {
    throw new RangeError(`want.limit must be a whole number from 1 to ${MOST_MESSAGES}, got ${limit}`);
  }
  checkWhole("messages", "want.from", from);
  return { limit, from };
}

/** @throws `store.invalid`. */
export function toNormalSummary({ text, upTo, createdAt }: ThreadSummary): ThreadSummary {
  checkWhole("messages", "summary.upTo", upTo);
  return Object.freeze({
    text: toStorable("messages", "summary.text", text),
    upTo,
    createdAt: toInstant("messages", "summary.createdAt", createdAt),
  });
}
