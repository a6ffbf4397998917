import type { JsonObject } from "@salesagent/ports";

/** Doubles hold every decimal of so many digits; longer numbers would be changed. */
const EXACT_DIGITS = 15;

/** A row as PostgreSQL writes it in JSON. Numbers too long for a double stay whole, as texts. */
export function parseRow(text: string): JsonObject {
  const kept = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (piece) =>
    piece.startsWith('"') || piece.replace(/\D/g, "").length <= EXACT_DIGITS ? piece : `"${piece}"`,
  );
  return JSON.parse(kept) as JsonObject;
}
