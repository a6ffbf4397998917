import type { Encoding } from "./encoding.js";

/** Windows-1252 differs from Latin-1 in these places only (0x80–0x9F). */
const WINDOWS_1252_HIGH = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

const CHUNK = 8_192;

/** Turns the bytes of rows to text. */
export interface RowDecoder {
  /** The text, or undefined when it can't be decoded as a whole; then each row is decoded alone. */
  block(bytes: Uint8Array): string | undefined;
  /** One row's text, and whether Windows-1252 had to be assumed. */
  row(bytes: Uint8Array): { readonly text: string; readonly fellBack: boolean };
}

/** A decoder that never loses a row to its encoding. Unpaired halves of UTF-16 become U+FFFD. */
export function createRowDecoder(encoding: Encoding): RowDecoder {
  const lenient = new TextDecoder(encoding, { ignoreBOM: true });
  if (encoding !== "utf-8") {
    return {
      block: (bytes) => lenient.decode(bytes),
      row: (bytes) => ({ text: lenient.decode(bytes), fellBack: false }),
    };
  }
  const strict = new TextDecoder(encoding, { ignoreBOM: true, fatal: true });
  return {
    block(bytes) {
      const text = lenient.decode(bytes);
      return text.includes("\ufffd") ? undefined : text;
    },
    row(bytes) {
      try {
        return { text: strict.decode(bytes), fellBack: false };
      } catch {
        // The strict decoder's only failure is an invalid sequence: then the bytes are of the older encoding.
        return { text: decodeWindows1252(bytes), fellBack: true };
      }
    },
  };
}

/** Every byte has a character, so that this can't fail. */
export function decodeWindows1252(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return text.replace(/[\x80-\x9f]/g, (character) =>
    WINDOWS_1252_HIGH.charAt(character.charCodeAt(0) - 0x80),
  );
}
