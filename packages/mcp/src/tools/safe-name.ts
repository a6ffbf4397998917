/** The longest name of a tool, as vendors of models take it. */
const MOST_CHARS = 64;
/** The longest prefix: half of what there is. */
const MOST_PREFIX_CHARS = 32;

/** @throws TypeError when it is no prefix of a tool's name. */
export function checkPrefix(name: string): string {
  if (/^[\w-]+$/.test(name) && name.length <= MOST_PREFIX_CHARS) return name;
  throw new TypeError(
    `mcpTools.name must be 1–${MOST_PREFIX_CHARS} letters, digits, "_" or "-", got "${name}"`,
  );
}

/** The name that a server's tool has here: with the server's prefix, of characters that every vendor takes. */
export function safeName(prefix: string, name: string): string {
  return `${prefix}_${name.replace(/[^\w-]+/g, "_")}`.slice(0, MOST_CHARS);
}
