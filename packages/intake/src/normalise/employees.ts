import type { NumberRange } from "@salesagent/ports";
import { parseAmount } from "./amount.js";

const RANGE = /^(.+?)\s*(?:-|–|—|−|\bto\b|\bbis\b|\.\.)\s*(.+)$/;
const UNIT_WORDS =
  /\b(?:employees?|people|persons?|staff|ftes?|headcount|mitarbeiter(?:innen)?|salari[eé]s?|empleados)\b/gi;
/** More people than any employer has. */
const MOST_PEOPLE = 10_000_000;

/**
 * Head counts as exports write them: `9`, `51-200`, `11–50 employees`, `10,001+`, `1k-5k`, `~200`, `<50`, `self-employed`.
 *
 * @returns Whole numbers, `min` ≤ `max`; one number is a range of itself, "or more" has no `max`. Undefined when
 * unreadable.
 */
export function normaliseEmployees(text: string): NumberRange | undefined {
  const bare = text.replace(UNIT_WORDS, "").trim();
  if (/^(?:myself only|self[- ]employed)$/i.test(bare)) return { min: 1, max: 1 };
  const atLeast =
    /^(?:>=?|≥|over|more than|mehr als)\s*(.+)$/i.exec(bare) ??
    /^(.+?)\s*(?:\+|or more|and more)$/i.exec(bare);
  if (atLeast?.[1] !== undefined) return ranged(people(atLeast[1]), undefined);
  const atMost = /^(?:<=?|≤|under|less than|up to|unter)\s*(.+)$/i.exec(bare);
  if (atMost?.[1] !== undefined) {
    const most = people(atMost[1]);
    return most === undefined ? undefined : ranged(Math.min(1, most), most);
  }
  const pair = RANGE.exec(bare);
  if (pair?.[1] !== undefined && pair[2] !== undefined) {
    const most = people(pair[2]);
    return most === undefined ? undefined : ranged(people(pair[1]), most);
  }
  const count = people(bare.replace(/^(?:~|≈|about|approx\.?|circa|ca?\.)\s*/i, ""));
  return count === undefined ? undefined : ranged(count, count);
}

function people(text: string): number | undefined {
  const count = parseAmount(text);
  return count !== undefined && Number.isInteger(count) && count <= MOST_PEOPLE ? count : undefined;
}

function ranged(min: number | undefined, max: number | undefined): NumberRange | undefined {
  if (min === undefined) return undefined;
  if (max === undefined) return { min };
  return min <= max ? { min, max } : { min: max, max: min };
}
