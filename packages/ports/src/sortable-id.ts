import type { Clock } from "./clock.js";

/**
 * Makes ids in the form of UUID version 7: their text sorts by time, to the millisecond.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export function createSortableIds(clock: Clock): () => string {
  return () => {
    const time = Math.max(0, Math.floor(clock.now())).toString(16).padStart(12, "0");
    // a random UUID brings the variant bits and 74 random ones; only time and version are written over
    return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${crypto.randomUUID().slice(15)}`;
  };
}
