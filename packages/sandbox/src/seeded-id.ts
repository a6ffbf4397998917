const ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** A 32-bit hash of a text (FNV-1a). Equal texts give equal numbers, on every machine. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/** An id of `length` letters and digits that follows from the seed alone, so that runs can be compared. */
export function seededId(seed: string, length: number, alphabet: string = ALPHABET): string {
  let state = hashOf(seed) || 1;
  let id = "";
  while (id.length < length) {
    // xorshift32: enough to look like an id; nothing depends on its quality
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    id += alphabet.charAt((state >>> 0) % alphabet.length);
  }
  return id;
}

/** Lower-case hexadecimal digits, for {@link seededId}. */
export const HEX = "0123456789abcdef";

/** Decimal digits, for {@link seededId}. */
export const DIGITS = "0123456789";
