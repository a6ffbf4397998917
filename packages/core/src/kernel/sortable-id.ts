/** How an id source is made. */
export interface IdOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Fills an array with random bytes. @defaultValue the platform's cryptographic source */
  readonly fillRandom?: (bytes: Uint8Array) => Uint8Array;
}

/**
 * Makes ids that sort by the time they were made: UUID version 7.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export function createIdSource({ now, fillRandom = (bytes) => crypto.getRandomValues(bytes) }: IdOptions) {
  return (): string => {
    const bytes = fillRandom(new Uint8Array(16));
    let time = now();
    for (let i = 5; i >= 0; i--) {
      bytes[i] = time % 256;
      time = Math.floor(time / 256);
    }
    bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
    bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}
