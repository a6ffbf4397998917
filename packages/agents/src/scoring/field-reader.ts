import { type FieldPath, factsOfField } from "../profile/field-path.js";
import { foldText } from "./fold-text.js";
import type { ScorableLead } from "./rules-score.js";

type Fields = Readonly<Record<string, unknown>>;

/** Reads one field of leads. */
export interface FieldReader {
  readonly path: FieldPath;
  readonly label: string;
  /** The value; undefined where nothing is known: absent, null, a blank text, an empty list. */
  read(lead: ScorableLead): unknown;
  /** The text, or all texts of a list one a line, folded; undefined where nothing is known. */
  readFolded(lead: ScorableLead): string | undefined;
  /** Where the value came from. */
  source(lead: ScorableLead): string | undefined;
}

const isBlank = (value: unknown): boolean =>
  value === null ||
  (typeof value === "string" ? value.trim() === "" : Array.isArray(value) && value.length === 0);

/** Text as people would read it; undefined for what is no text, number, truth value or list of these. */
export function toText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.map((item) => toText(item) ?? "").join("\n");
  return undefined;
}

function recordOf(path: FieldPath): (lead: ScorableLead) => Fields | undefined {
  if (path.startsWith("company.")) return (lead) => lead.company as Fields;
  if (path.startsWith("contact.")) return (lead) => lead.contact as Fields | undefined;
  return (lead) => lead.custom;
}

/** Makes the reader of a field. It remembers the last text that it folded, since several criteria read the same one. */
export function createFieldReader(path: FieldPath): FieldReader {
  const record = recordOf(path);
  const key = path.slice(path.indexOf(".") + 1);
  const isCustom = path.startsWith("custom.");
  let lastValue: unknown;
  let lastFolded: string | undefined;

  const read = (lead: ScorableLead): unknown => {
    const fields = record(lead);
    if (fields === undefined || (isCustom && !Object.hasOwn(fields, key))) return undefined;
    const value = fields[key];
    return isBlank(value) ? undefined : value;
  };
  return {
    path,
    label: factsOfField(path).label,
    read,
    readFolded(lead) {
      const value = read(lead);
      if (value === undefined) return undefined;
      // Only texts are remembered: they can't change, and a list can.
      if (typeof value !== "string") return foldOptional(toText(value));
      if (value !== lastValue) {
        lastValue = value;
        lastFolded = foldText(value);
      }
      return lastFolded;
    },
    source(lead) {
      const provenance = isCustom ? undefined : (record(lead)?.["provenance"] as Fields | undefined);
      return (provenance?.[key] as { readonly source?: string } | undefined)?.source;
    },
  };
}

const foldOptional = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : foldText(text);
