/** Stands in an array as it is; the word NULL, in any case, would be read as no value. */
const PLAIN = /^(?!null$)[\w.:+@/-]+$/i;

/**
 * An array as PostgreSQL reads it, which is faster and takes less memory than to let `pg` write it: most texts need no quotes.
 *
 * @param items - Texts, numbers and truth values; null and undefined are SQL's null.
 */
export function toArrayText(items: readonly unknown[]): string {
  return `{${items.map(toItem).join(",")}}`;
}

function toItem(item: unknown): string {
  if (item === null || item === undefined) return "NULL";
  const text = String(item);
  return PLAIN.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}
