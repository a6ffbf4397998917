import type { JsonObject, JsonValue } from "@salesagent/ports";
import { plainData } from "./plain-data.js";
import { plainCell } from "./table.js";

const INDENT = "  ";

/** JSON as an indented outline, for people: names before values, numbers before the items of a list. */
export function dataInWords(data: JsonObject, depth = 0): string {
  return linesOf(plainData(data))
    .map((line) => (INDENT.repeat(depth) + line).trimEnd())
    .join("\n");
}

function linesOf(data: JsonObject): readonly string[] {
  return Object.entries(data).flatMap(([name, value]) => entryLines(plainCell(name), value));
}

function entryLines(name: string, value: JsonValue): readonly string[] {
  if (isEmpty(value)) return [`${name}: none`];
  if (isList(value)) {
    if (value.every(isShort)) return [`${name}: ${value.map(String).map(plainCell).join(", ")}`];
    return [name, ...indented(value.flatMap(itemLines))];
  }
  if (isObject(value)) return [name, ...indented(linesOf(value))];
  const lines = textLines(value);
  return lines.length === 1 ? [`${name}: ${lines[0]}`] : [`${name}:`, ...indented(lines)];
}

/** An item of a list: its first line stands beside its number. */
function itemLines(value: JsonValue, index: number): readonly string[] {
  const number = `${index + 1}.`;
  const lines = isObject(value)
    ? linesOf(value)
    : isList(value)
      ? value.flatMap(itemLines)
      : textLines(value);
  const [first = "", ...rest] = lines;
  return [`${number} ${first}`, ...rest.map((line) => " ".repeat(number.length + 1) + line)];
}

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => INDENT + line);

const textLines = (value: JsonValue): readonly string[] => String(value).split("\n").map(plainCell);

/** The longest item of a list that stands on one line. */
const SHORT_ITEM_CHARS = 40;

function isShort(value: JsonValue): boolean {
  if (typeof value === "object") return false;
  const text = String(value);
  return text.length <= SHORT_ITEM_CHARS && !text.includes("\n");
}

function isEmpty(value: JsonValue): boolean {
  return value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}

function isList(value: JsonValue): value is readonly JsonValue[] & JsonValue {
  return Array.isArray(value);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The longest text that a one-line summary shows of a field. */
const SHORT_CHARS = 60;

/** What a step wrote, in a few words: `findings 2 · confidence 0.55`. */
export function updateInWords(update: JsonObject): string {
  return Object.entries(update)
    .filter(([, value]) => !isEmpty(value) && value !== 0 && value !== false)
    .map(([name, value]) => plainCell(`${name} ${valueInWords(value)}`).trimEnd())
    .join(" · ");
}

function valueInWords(value: JsonValue): string {
  if (isList(value)) return String(value.length);
  if (typeof value === "number") return String(Math.round(value * 1_000) / 1_000);
  if (!isObject(value)) return short(String(value));
  const first = Object.values(value).find((part) => typeof part === "string" || typeof part === "number");
  return first === undefined ? "" : short(String(first));
}

function short(text: string): string {
  const letters = [...text];
  return letters.length <= SHORT_CHARS ? text : `${letters.slice(0, SHORT_CHARS - 1).join("")}…`;
}
