import { createHash } from "node:crypto";

/** Longer keys are indexed by their digest: an index row holds no more than about 2,700 bytes. */
const LONGEST_INDEXED = 400;

/** A key as its column holds it. */
export function toKeyColumn(key: string): string {
  if (key.length <= LONGEST_INDEXED) return key;
  return `sha256:${createHash("sha256").update(key).digest("hex")}`;
}
